#include "head/known_evidence.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <optional>
#include <string>
#include <vector>

#include "files/float16.h"
#include "files/json.h"
#include "network/map_name.h"

namespace headstart {
namespace {

constexpr std::string_view kMeans = "known.means";
constexpr std::string_view kScales = "known.scales";
constexpr std::string_view kBasis = "known.basis";
constexpr std::string_view kCoordinates = "known.coordinates";
constexpr std::string_view kRests = "known.rests";
// [sample_count, 2]: class and fold. Numbers as all others are, since a float holds such small ones exactly.
constexpr std::string_view kGroups = "known.groups";
constexpr std::array kNames = {kMeans, kScales, kBasis, kCoordinates, kRests, kGroups};

constexpr const char* kFeaturesKey = "known_features";
constexpr const char* kMapSizesKey = "known_map_sizes";

// Beyond what any class of a head could be numbered.
constexpr float kMostClasses = 65536;

bool all_finite(std::span<const float> values) {
  return std::ranges::all_of(values, [](float value) { return std::isfinite(value); });
}

Result<std::vector<float>> read_tensor(const SafetensorsView& file, std::string_view name,
                                       std::span<const std::size_t> shape) {
  const TensorView* tensor = file.find(name);
  if (tensor == nullptr) return bad_file("this head file lacks the tensor " + quoted(name));
  if (!std::ranges::equal(tensor->shape, shape)) {
    return bad_file("the tensor " + quoted(name) + " must have the shape " + shape_text(shape) + ", it has " +
                    shape_text(tensor->shape));
  }
  std::vector<float> values(tensor->element_count());
  if (const Status read = read_floats(*tensor, values); !read) return read.error();
  return values;
}

std::optional<std::uint32_t> whole_number(float value, float most) {
  if (!(value >= 0 && value < most) || value != std::floor(value)) return std::nullopt;
  return static_cast<std::uint32_t>(value);
}

Status read_groups(std::span<const float> groups, KnownEvidence& evidence) {
  for (std::size_t i = 0; i + 1 < groups.size(); i += 2) {
    const auto class_index = whole_number(groups[i], kMostClasses);
    const auto fold = whole_number(groups[i + 1], static_cast<float>(kMostKnownFolds));
    if (!class_index || !fold)
      return bad_file("the tensor \"known.groups\" must hold numbers of classes and of at most 10 folds");
    evidence.class_indices.push_back(*class_index);
    evidence.folds.push_back(*fold);
  }
  return {};
}

}  // namespace

bool is_of_known_evidence(std::string_view tensor_name) {
  return std::ranges::find(kNames, tensor_name) != kNames.end();
}

Status check_known_evidence(const KnownEvidence& evidence, const Head& head) {
  const std::size_t samples = evidence.sample_count();
  const std::size_t features = evidence.feature_count();
  const std::size_t dimensions = features == 0 ? 0 : evidence.basis.size() / features;
  std::size_t of_maps = 0;
  for (const std::size_t size : evidence.map_sizes) of_maps += size;
  const bool fits = samples > 0 && samples <= kMostKnownSamples && dimensions > 0 &&
                    dimensions <= kMostKnownDimensions && evidence.basis.size() == dimensions * features &&
                    evidence.scales.size() == features && of_maps == features &&
                    evidence.coordinates.size() == samples * dimensions &&
                    evidence.class_indices.size() == samples && evidence.folds.size() == samples;
  if (!fits) {
    return bad_file("what tells \"none of these\" does not hold together: " + std::to_string(samples) +
                    " samples, " + std::to_string(features) + " features, " + std::to_string(dimensions) +
                    " dimensions");
  }
  if (evidence.features.empty() && features != head.feature_count) {
    return bad_file("what tells \"none of these\" reads " + std::to_string(features) +
                    " features, the head reads " + std::to_string(head.feature_count));
  }
  if (!evidence.features.empty() && evidence.features.size() != evidence.map_sizes.size())
    return bad_file("`known_map_sizes` must have one number for each of `known_features`");
  for (const std::string& map : evidence.features) {
    if (!is_map_name(map)) return bad_file("the network has no map " + quoted(map) + " for `known_features`");
  }
  const bool in_range =
      std::ranges::all_of(evidence.folds, [](std::uint32_t fold) { return fold < kMostKnownFolds; }) &&
      std::ranges::all_of(evidence.class_indices, [&](std::uint32_t index) { return index < samples; });
  if (!in_range)
    return bad_file("what tells \"none of these\" has more classes than samples, or more than 10 folds");
  // A class without a sample is found where the judge is made.
  if (std::ranges::max(evidence.class_indices) + 1 < head.class_count())
    return bad_file("what tells \"none of these\" has fewer classes than the head");
  // Where the network is the head's own, only what the head reads of it is there.
  if (!evidence.features.empty() && !head.tensors.empty())
    return bad_file("a head that brings layers of its own tells \"none of these\" by what it reads");
  for (const std::span<const float> values :
       {std::span<const float>(evidence.means), std::span<const float>(evidence.scales),
        std::span<const float>(evidence.basis), std::span<const float>(evidence.coordinates),
        std::span<const float>(evidence.rests)}) {
    if (!all_finite(values)) return bad_file("what tells \"none of these\" has numbers that are not finite");
  }
  return {};
}

Status check_known_evidence_fits(const KnownEvidence& evidence, const BackboneInfo& backbone) {
  for (std::size_t i = 0; i < evidence.features.size(); ++i) {
    const auto found = std::ranges::find(backbone.feature_blocks, evidence.features[i], &FeatureBlock::map);
    if (found == backbone.feature_blocks.end())
      return bad_file("the network has no map " + quoted(evidence.features[i]) + " for `known_features`");
    if (found->count != evidence.map_sizes[i]) {
      return bad_file("the map " + quoted(evidence.features[i]) + " has " + std::to_string(found->count) +
                      " features, `known_map_sizes` says " + std::to_string(evidence.map_sizes[i]));
    }
  }
  return {};
}

void write_known_evidence(const KnownEvidence& evidence, SafetensorsWriter& writer) {
  const std::size_t samples = evidence.sample_count();
  const std::size_t features = evidence.feature_count();
  const std::size_t dimensions = evidence.basis.size() / features;
  if (!evidence.features.empty())
    writer.set_metadata(kFeaturesKey, write_json_string_array(evidence.features));
  writer.set_metadata(kMapSizesKey, write_json_number_array(evidence.map_sizes));
  std::vector<float> groups;
  for (std::size_t i = 0; i < samples; ++i) {
    groups.push_back(static_cast<float>(evidence.class_indices[i]));
    groups.push_back(static_cast<float>(evidence.folds[i]));
  }
  writer.add_f32(std::string(kMeans), {features}, evidence.means);
  writer.add_f32(std::string(kScales), {features}, evidence.scales);
  writer.add_f32(std::string(kCoordinates), {samples, dimensions}, evidence.coordinates);
  writer.add_f32(std::string(kRests), {samples}, evidence.rests);
  writer.add_f32(std::string(kGroups), {samples, 2}, groups);
  writer.add_f16(std::string(kBasis), {dimensions, features}, evidence.basis);
}

Status read_known_evidence(const SafetensorsView& file, Head& head) {
  const bool is_there =
      std::ranges::any_of(kNames, [&](std::string_view name) { return file.find(name) != nullptr; });
  const std::string* sizes = file.metadata(kMapSizesKey);
  if (!is_there && sizes == nullptr) return {};
  KnownEvidence evidence;
  if (sizes != nullptr) {
    std::optional<std::vector<std::size_t>> counts = read_json_number_array(*sizes);
    if (counts) evidence.map_sizes = std::move(*counts);
  }
  if (evidence.map_sizes.empty())
    return bad_file("the head file's `known_map_sizes` must be a JSON array of whole numbers");
  if (const std::string* features = file.metadata(kFeaturesKey)) {
    std::optional<std::vector<std::string>> names = read_json_string_array(*features);
    if (!names || names->empty())
      return bad_file("the head file's `known_features` must be a JSON array of map names");
    evidence.features = std::move(*names);
  }
  const auto dimension = [&](std::string_view name, std::size_t at) -> std::size_t {
    const TensorView* tensor = file.find(name);
    return tensor == nullptr || tensor->shape.size() <= at ? 0 : tensor->shape[at];
  };
  const std::size_t features = dimension(kMeans, 0);
  const std::size_t dimensions = dimension(kBasis, 0);
  const std::size_t samples = dimension(kRests, 0);
  std::vector<float> groups;
  struct Part {
    std::string_view name;
    std::vector<std::size_t> shape;
    std::vector<float>* values;
  };
  for (const Part& part :
       {Part{kMeans, {features}, &evidence.means}, Part{kScales, {features}, &evidence.scales},
        Part{kBasis, {dimensions, features}, &evidence.basis},
        Part{kCoordinates, {samples, dimensions}, &evidence.coordinates},
        Part{kRests, {samples}, &evidence.rests}, Part{kGroups, {samples, 2}, &groups}}) {
    Result<std::vector<float>> values = read_tensor(file, part.name, part.shape);
    if (!values) return values.error();
    *part.values = std::move(values).value();
  }
  if (const Status read = read_groups(groups, evidence); !read) return read;
  if (const Status holds = check_known_evidence(evidence, head); !holds) return holds;
  // A head of one precision only: a basis that came in another would be written back as something else.
  for (float& value : evidence.basis) value = float_from_half(half_from_float(value));
  head.known = std::move(evidence);
  return {};
}

}  // namespace headstart
