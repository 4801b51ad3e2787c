// The head file, `head/1` and `head/2`: headstart/head.h's Head as safetensors.
#include <cmath>
#include <optional>
#include <string_view>
#include <utility>

#include "files/file_kind.h"
#include "files/json.h"
#include "files/safetensors.h"
#include "head/changed_tensors.h"
#include "head/known_evidence.h"
#include "headstart/head.h"

namespace headstart {
namespace {

constexpr std::string_view kFormat = "head/1";
constexpr std::string_view kFormatWithTransform = "head/2";
constexpr std::string_view kFormatFamily = "head/";
// Far above what anybody types, far below what the reader takes for a header.
constexpr std::size_t kMostLabelBytes = 1u << 20u;

// The metadata that is a plain text of the head.
struct TextField {
  const char* key;
  std::string Head::* member;
};
constexpr TextField kTextFields[] = {
    {"backbone", &Head::backbone},
    {"backbone_sha256", &Head::backbone_sha256},
    {"input_size", &Head::input_size},
    {"input_scale", &Head::input_scale},
    {"input_offset", &Head::input_offset},
    {"seed", &Head::seed},
    {"date", &Head::date},
};

constexpr std::string_view kMirrored = "mirrored";
constexpr std::string_view kLength = "length";
constexpr std::string_view kRoot = "root";

bool all_finite(std::span<const float> values) {
  for (const float value : values) {
    if (!std::isfinite(value)) return false;
  }
  return true;
}

Status check_writable(const Head& head) {
  const std::size_t inner = head.hidden_biases.empty() ? head.feature_count : head.hidden_biases.size();
  const bool fits = head.class_count() > 0 && head.labels.size() == head.class_count() && inner > 0 &&
                    head.weights.size() == head.class_count() * inner &&
                    head.hidden_weights.size() == head.hidden_biases.size() * head.feature_count;
  if (!fits) return internal_error("the head's weights do not fit its classes and features");
  if (!all_finite(head.weights) || !all_finite(head.biases) || !all_finite(head.hidden_weights) ||
      !all_finite(head.hidden_biases)) {
    return internal_error("the head has weights that are not finite numbers");
  }
  for (const ChangedTensor& tensor : head.tensors) {
    if (!all_finite(tensor.values)) {
      return internal_error("the tensor " + quoted(tensor.name) + " is not finite");
    }
  }
  if (const Status holds = check_parts(head); !holds) {
    return internal_error(holds.error().message);
  }
  if (head.known) {
    const Status holds = check_known_evidence(*head.known, head);
    if (!holds) return internal_error(holds.error().message);
  }
  std::size_t label_bytes = 0;
  for (const std::string& label : head.labels) label_bytes += label.size();
  if (label_bytes > kMostLabelBytes) {
    return bad_argument("the class names of a head may have " + std::to_string(kMostLabelBytes) +
                        " bytes together, got " + std::to_string(label_bytes));
  }
  return {};
}

// A tensor of the head: F32, of `dimension_count` dimensions, none of them 0.
Result<const TensorView*> find_tensor(const SafetensorsView& file, std::string_view name,
                                      std::size_t dimension_count) {
  const TensorView* tensor = file.find(name);
  if (tensor == nullptr) return bad_file("this head file lacks the tensor " + quoted(name));
  if (tensor->dtype != DType::kF32) {
    return bad_file("the tensor " + quoted(name) + " must be F32, it is " + dtype_name(tensor->dtype));
  }
  bool fits = tensor->shape.size() == dimension_count;
  for (const std::size_t size : tensor->shape) fits = fits && size > 0;
  if (!fits) {
    return bad_file("the tensor " + quoted(name) + " must have " + std::to_string(dimension_count) +
                    " dimensions above 0, its shape is " + shape_text(tensor->shape));
  }
  return tensor;
}

// weight [rows, columns] and bias [rows] of one layer, `prefix`.weight and `prefix`.bias.
struct Layer {
  std::vector<float> weights;
  std::vector<float> biases;
  std::size_t column_count = 0;
};

Result<Layer> read_layer(const SafetensorsView& file, const std::string& prefix) {
  const Result<const TensorView*> weight = find_tensor(file, prefix + ".weight", 2);
  if (!weight) return weight.error();
  const Result<const TensorView*> bias = find_tensor(file, prefix + ".bias", 1);
  if (!bias) return bias.error();
  if (bias.value()->shape[0] != weight.value()->shape[0]) {
    return bad_file("the tensor " + quoted(prefix + ".bias") + " must have one number per row of " +
                    shape_text(weight.value()->shape) + ", its shape is " + shape_text(bias.value()->shape));
  }
  Layer layer;
  layer.column_count = weight.value()->shape[1];
  layer.weights.resize(weight.value()->element_count());
  layer.biases.resize(bias.value()->element_count());
  if (const Status read = read_floats(*weight.value(), layer.weights); !read) return read.error();
  if (const Status read = read_floats(*bias.value(), layer.biases); !read) return read.error();
  return layer;
}

Status check_format(const SafetensorsView& file) {
  const std::string* format = file.metadata("format");
  if (format == nullptr) return bad_file("this file is no head: its metadata has no `format`");
  if (*format == kFormat || *format == kFormatWithTransform) return {};
  if (std::string_view(*format).substr(0, kFormatFamily.size()) == kFormatFamily) {
    return bad_version("this program reads heads of the formats head/1 and head/2, got " + quoted(*format));
  }
  return bad_file("this file is no head: expected the format head/1 or head/2, got " + quoted(*format));
}

bool is_of_the_head_itself(std::string_view tensor) {
  return tensor == "head.weight" || tensor == "head.bias" || tensor == "head.hidden.weight" ||
         tensor == "head.hidden.bias";
}

// What would change the answer and is not known here must not be passed over.
Status check_nothing_else(const SafetensorsView& file) {
  for (const TensorView& tensor : file.tensors()) {
    if (is_of_the_head_itself(tensor.name) || is_of_known_evidence(tensor.name) ||
        dimension_count_of(tensor.name) > 0) {
      continue;
    }
    return bad_version("this head comes with the tensor " + quoted(tensor.name) +
                       ", which this program cannot use");
  }
  const std::string* look = file.metadata("second_look");
  if (look != nullptr && *look != kMirrored) {
    return bad_version("this head wants a second look of the kind " + quoted(*look) +
                       ", this program knows \"mirrored\"");
  }
  const std::string* transform = file.metadata("transform");
  if (transform != nullptr && *transform != kRoot && *transform != kLength) {
    return bad_version("this head wants its features transformed by " + quoted(*transform) +
                       ", this program knows \"root\" and \"length\"");
  }
  return {};
}

// Both are there in a head/2, and neither in a head/1.
Status read_transform(const SafetensorsView& file, Head& head) {
  const std::string* transform = file.metadata("transform");
  const std::string* sizes = file.metadata("map_sizes");
  const bool is_wanted = *file.metadata("format") == kFormatWithTransform;
  if (is_wanted != (transform != nullptr) || is_wanted != (sizes != nullptr))
    return bad_file("a head/2 says its `transform` and its `map_sizes`, a head/1 has none");
  if (!is_wanted) return {};
  std::optional<std::vector<std::size_t>> counts = read_json_number_array(*sizes);
  if (!counts) return bad_file("the head file's `map_sizes` must be a JSON array of whole numbers");
  head.transform = *transform == kRoot ? FeatureTransform::kRoot : FeatureTransform::kLength;
  head.map_sizes = std::move(*counts);
  return {};
}

// What the head reads besides the embedding, and what it changes in its network.
Status read_parts(const SafetensorsView& file, Head& head) {
  if (const std::string* features = file.metadata("features")) {
    std::optional<std::vector<std::string>> names = read_json_string_array(*features);
    if (!names) return bad_file("the head file's `features` must be a JSON array of map names");
    head.features = std::move(*names);
  }
  if (file.metadata("second_look") != nullptr) head.second_look = SecondLook::kMirrored;
  if (const Status read = read_transform(file, head); !read) return read;
  for (const TensorView& known : file.tensors()) {
    if (is_of_the_head_itself(known.name) || is_of_known_evidence(known.name)) continue;
    const Result<const TensorView*> tensor = find_tensor(file, known.name, dimension_count_of(known.name));
    if (!tensor) return tensor.error();
    ChangedTensor& changed = head.tensors.emplace_back();
    changed.name = known.name;
    changed.shape = known.shape;
    changed.values.resize(known.element_count());
    if (const Status read = read_floats(known, changed.values); !read) return read;
  }
  if (const Status holds = check_parts(head); !holds) return holds;
  return read_known_evidence(file, head);
}

}  // namespace

Result<std::vector<std::uint8_t>> write_head_file(const Head& head) {
  if (const Status writable = check_writable(head); !writable) return writable.error();
  SafetensorsWriter writer;
  const bool is_transformed = head.transform != FeatureTransform::kNone;
  writer.set_metadata("format", std::string(is_transformed ? kFormatWithTransform : kFormat));
  writer.set_metadata("labels", write_json_string_array(head.labels));
  for (const TextField& field : kTextFields) writer.set_metadata(field.key, head.*field.member);
  // A head on the embedding alone is written as it always was.
  if (head.features != FeatureSet{"last"}) {
    writer.set_metadata("features", write_json_string_array(head.features));
  }
  if (head.second_look == SecondLook::kMirrored) writer.set_metadata("second_look", std::string(kMirrored));
  if (is_transformed) {
    const bool is_root = head.transform == FeatureTransform::kRoot;
    writer.set_metadata("transform", std::string(is_root ? kRoot : kLength));
    writer.set_metadata("map_sizes", write_json_number_array(head.map_sizes));
  }
  if (!head.border.empty()) writer.set_metadata("border", head.border);
  const std::size_t hidden_count = head.hidden_biases.size();
  if (hidden_count > 0) {
    writer.add_f32("head.hidden.weight", {hidden_count, head.feature_count}, head.hidden_weights);
    writer.add_f32("head.hidden.bias", {hidden_count}, head.hidden_biases);
  }
  const std::size_t inner = hidden_count > 0 ? hidden_count : head.feature_count;
  writer.add_f32("head.weight", {head.class_count(), inner}, head.weights);
  writer.add_f32("head.bias", {head.class_count()}, head.biases);
  for (const ChangedTensor& tensor : head.tensors) writer.add_f32(tensor.name, tensor.shape, tensor.values);
  if (head.known) write_known_evidence(*head.known, writer);
  return writer.finish();
}

Result<Head> read_head_file(std::span<const std::uint8_t> bytes) {
  if (!begins_like_safetensors(bytes))
    return bad_file("this file is no head (.safetensors): " + looks_like(bytes));
  const Result<SafetensorsView> parsed = SafetensorsView::parse(bytes);
  if (!parsed) return parsed.error();
  const SafetensorsView& file = parsed.value();
  if (const Status known = check_format(file); !known) return known.error();
  if (const Status known = check_nothing_else(file); !known) return known.error();

  Result<Layer> last = read_layer(file, "head");
  if (!last) return last.error();
  Head head;
  head.feature_count = last.value().column_count;
  head.weights = std::move(last.value().weights);
  head.biases = std::move(last.value().biases);
  if (file.find("head.hidden.weight") != nullptr || file.find("head.hidden.bias") != nullptr) {
    Result<Layer> hidden = read_layer(file, "head.hidden");
    if (!hidden) return hidden.error();
    if (hidden.value().biases.size() != head.feature_count) {
      return bad_file("the tensor \"head.weight\" must have one column per hidden unit, of which there are " +
                      std::to_string(hidden.value().biases.size()) + ", got " +
                      std::to_string(head.feature_count));
    }
    head.feature_count = hidden.value().column_count;
    head.hidden_weights = std::move(hidden.value().weights);
    head.hidden_biases = std::move(hidden.value().biases);
  }

  const std::string* labels = file.metadata("labels");
  std::optional<std::vector<std::string>> names;
  if (labels != nullptr) names = read_json_string_array(*labels);
  if (!names) return bad_file("the head file's `labels` must be a JSON array of class names");
  if (names->size() != head.class_count()) {
    return bad_file("the head has " + std::to_string(head.class_count()) + " classes, its `labels` name " +
                    std::to_string(names->size()));
  }
  head.labels = std::move(*names);
  for (const TextField& field : kTextFields) {
    if (const std::string* value = file.metadata(field.key)) head.*field.member = *value;
  }
  if (const std::string* border = file.metadata("border")) head.border = *border;
  if (const Status read = read_parts(file, head); !read) return read.error();
  if (head.backbone.empty()) return bad_file("the head file does not say which `backbone` it was trained on");
  if (const Status answers = check_head_numbers(head); !answers) return answers.error();
  return head;
}

}  // namespace headstart
