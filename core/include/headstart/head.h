// The trained head: what turns an embedding into probabilities, and the file in which it travels.
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "headstart/backbone.h"
#include "headstart/features.h"
#include "headstart/network.h"
#include "headstart/status.h"

namespace headstart {

// Whether a picture is looked at once or twice.
enum class SecondLook : std::uint8_t {
  kNo,
  kMirrored,  // the head reads the mean of the features of the picture and of its mirror image
};

// What is done to a map's features before the weights meet them.
enum class FeatureTransform : std::uint8_t {
  kNone,
  kLength,  // each divided by the length of all of the map
  // The same with their square roots (Hu et al. 2021, "Leveraging the feature distribution in transfer-based
  // few-shot learning"), which makes the features of a ReLU network nearly Gaussian; below zero is zero.
  kRoot,
};

// What a judge of "none of these" was fitted to (headstart/known.h), so that it answers the same wherever the
// head goes: statistics of features, from which no picture can be drawn. All numbers are finite; a basis
// vector is rounded to float16.
struct KnownEvidence {
  FeatureSet features;                       // the maps that are judged; empty: what the head reads
  std::vector<std::size_t> map_sizes;        // how many features each of them has; feature_count together
  std::vector<float> means;                  // [feature_count], of features divided by their map's length
  std::vector<float> scales;                 // [feature_count]
  std::vector<float> basis;                  // [dimension_count, feature_count], orthonormal rows
  std::vector<float> coordinates;            // [sample_count, dimension_count]
  std::vector<float> rests;                  // [sample_count]: squared length of what lies outside the span
  std::vector<std::uint32_t> class_indices;  // [sample_count]: rows of the head, then classes that left it
  std::vector<std::uint32_t> folds;          // [sample_count]

  [[nodiscard]] std::size_t sample_count() const { return rests.size(); }
  [[nodiscard]] std::size_t feature_count() const { return means.size(); }
};

inline constexpr std::size_t kMostKnownSamples = 1500;
inline constexpr std::size_t kMostKnownDimensions = 256;
inline constexpr std::size_t kMostKnownFolds = 10;

// A linear head, with one hidden ReLU layer before it for the Teachable Machine recipe. Standardisation and
// temperature are folded in, so that softmax(weights · transformed features + biases) is the answer.
struct Head {
  std::vector<std::string> labels;  // [class_count], in row order
  std::size_t feature_count = 0;
  std::vector<float> hidden_weights;  // [hidden_count, feature_count]; empty for a linear head
  std::vector<float> hidden_biases;   // [hidden_count]
  std::vector<float> weights;         // [class_count, feature_count or hidden_count]
  std::vector<float> biases;          // [class_count]

  // What the head reads: pooled maps of the network, joined in this order. {"cut"} is the pooled output of
  // the convolution that `tensors` bring as "cut.weight" and "cut.bias".
  FeatureSet features = {"last"};
  SecondLook second_look = SecondLook::kNo;
  FeatureTransform transform = FeatureTransform::kNone;
  std::vector<std::size_t> map_sizes;  // with a transform: how many features each of the maps has
  // Where tensors of the network were changed or made: the last map that was not touched ("blocks.13", or
  // "input" when nothing was frozen), else empty.
  std::string border;
  std::vector<ChangedTensor> tensors;  // all of them behind the border

  std::optional<KnownEvidence> known;  // none: whatever is shown counts as known

  // What it was trained on and how; written into the file.
  std::string backbone;  // its name
  std::string backbone_sha256;
  std::string input_size;
  std::string input_scale;
  std::string input_offset;
  std::string seed;
  std::string date;  // ISO 8601, given by the caller

  [[nodiscard]] std::size_t class_count() const { return biases.size(); }
};

// `embedding` [feature_count], as the network gives it, to `logits` / `probabilities` [class_count];
// bad-argument when a length does not fit.
Status head_logits(const Head& head, std::span<const float> embedding, std::span<float> logits);
Status head_probabilities(const Head& head, std::span<const float> embedding, std::span<float> probabilities);

// The head file (safetensors): `head/1`, with a transform `head/2`, which programs that know only the first
// refuse. What tells "none of these" travels as tensors beside the weights, about 200 KB for a hundred
// pictures and 2 MB at the most. The same head gives the same bytes.
Result<std::vector<std::uint8_t>> write_head_file(const Head& head);

// Reads untrusted bytes: bad-file or bad-version say what was expected and what came.
Result<Head> read_head_file(std::span<const std::uint8_t> file);

// bad-file where a number is not finite, or so large that a logit could be: such a head would answer with
// NaN.
Status check_head_numbers(const Head& head);

// bad-file naming both, when the head was trained on another backbone.
Status check_head_fits(const Head& head, const BackboneInfo& backbone);

}  // namespace headstart
