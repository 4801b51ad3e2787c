// The trained head: what turns an embedding into probabilities, and the file in which it travels.
#pragma once

#include <cstdint>
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
// refuse. The same head gives the same bytes.
Result<std::vector<std::uint8_t>> write_head_file(const Head& head);

// Reads untrusted bytes: bad-file or bad-version say what was expected and what came.
Result<Head> read_head_file(std::span<const std::uint8_t> file);

// bad-file where a number is not finite, or so large that a logit could be: such a head would answer with
// NaN.
Status check_head_numbers(const Head& head);

// bad-file naming both, when the head was trained on another backbone.
Status check_head_fits(const Head& head, const BackboneInfo& backbone);

}  // namespace headstart
