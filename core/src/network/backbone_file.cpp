#include "network/backbone_file.h"

#include <algorithm>
#include <map>
#include <memory>
#include <optional>
#include <string_view>
#include <utility>

#include "files/decimal.h"
#include "files/file_kind.h"
#include "files/safetensors.h"
#include "files/sha256.h"
#include "headstart/buffer.h"
#include "network/mobilenet_v2.h"
#include "network/network_file.h"

namespace headstart {
namespace {

constexpr std::string_view kFormat = "backbone/1";
constexpr std::string_view kFormatFamily = "backbone/";
constexpr std::string_view kArchitecture = "mobilenet_v2";
constexpr double kSmallestWidth = 0.1;
constexpr double kLargestWidth = 2.0;

Error broken(std::string message) {
  return bad_file("backbone file: " + std::move(message));
}

// Reads the metadata key by key; the first that is missing or wrong is kept as the failure.
class MetadataReader {
 public:
  explicit MetadataReader(const SafetensorsView& file) : file_(file) {}

  std::string text(std::string_view key) {
    const std::string* value = file_.metadata(key);
    if (value == nullptr) fail(broken("__metadata__ lacks " + quoted(key)));
    return value == nullptr ? std::string() : *value;
  }

  std::string optional_text(std::string_view key) const {
    const std::string* value = file_.metadata(key);
    return value == nullptr ? std::string() : *value;
  }

  // A value that this program knows only one way to handle.
  void expect(std::string_view key, std::string_view expected) {
    const std::string came = text(key);
    if (came != expected) fail(expected_instead(key, quoted(expected), came));
  }

  double number(std::string_view key, double lowest, double highest) {
    const std::string came = text(key);
    const std::optional<double> value = parse_ratio(came);
    if (value && *value >= lowest && *value <= highest) return *value;
    fail(expected_instead(key, "a number from " + std::to_string(lowest) + " to " + std::to_string(highest),
                          came));
    return lowest;
  }

  std::size_t input_size(std::string_view key) {
    const std::string came = text(key);
    for (const std::int32_t size_px : supported_input_sizes()) {
      if (came == std::to_string(size_px)) return static_cast<std::size_t>(size_px);
    }
    fail(expected_instead(key, supported_input_sizes_text(), came));
    return static_cast<std::size_t>(supported_input_sizes()[0]);
  }

  [[nodiscard]] const Status& status() const { return status_; }

 private:
  static Error expected_instead(std::string_view key, const std::string& expected, std::string_view came) {
    return broken(std::string(key) + " should be " + expected + ", got " + quoted(came));
  }

  void fail(Error error) {
    if (status_) status_ = std::move(error);
  }

  const SafetensorsView& file_;
  Status status_;
};

Status check_format(const SafetensorsView& file) {
  const std::string* format = file.metadata("format");
  if (format == nullptr) return broken("__metadata__ lacks \"format\"; this is no backbone file");
  if (*format == kFormat) return {};
  if (format->starts_with(kFormatFamily)) {
    return bad_version("backbone file: this program reads the format \"backbone/1\", got " + quoted(*format) +
                       "; a newer program may read it");
  }
  return broken("format should be \"backbone/1\", got " + quoted(*format));
}

// The strides of the blocks between the first and the last convolution.
std::string strides_text(const Network& network) {
  std::string text;
  for (const Block& block : network.blocks) {
    if (block.begin == 0 || block.end == network.layers.size()) continue;
    if (!text.empty()) text += ',';
    std::size_t stride = 1;
    for (std::size_t i = block.begin; i < block.end; ++i) stride *= network.layers[i].stride;
    text += std::to_string(stride);
  }
  return text;
}

// All but the weights.
Result<Network> read_table(const SafetensorsView& file) {
  if (const Status known = check_format(file); !known) return known.error();
  MetadataReader metadata(file);
  metadata.expect("architecture", kArchitecture);
  const double width_multiplier = metadata.number("width_multiplier", kSmallestWidth, kLargestWidth);
  Network network = mobilenet_v2(width_multiplier, metadata.input_size("input_size"));
  network.width_multiplier = metadata.text("width_multiplier");
  network.input_scale = metadata.text("input_scale");
  network.input_offset = metadata.text("input_offset");
  network.normalisation.scale = static_cast<float>(metadata.number("input_scale", 1e-6, 1.0));
  network.normalisation.offset = static_cast<float>(metadata.number("input_offset", -255.0, 255.0));
  metadata.expect("embedding_dim", std::to_string(network.embedding_dim()));
  metadata.expect("block_strides", strides_text(network));
  metadata.expect("padding", "tf_same");
  metadata.expect("activation", "relu6");
  metadata.expect("conv_layout", "OHWI");
  metadata.expect("depthwise_layout", "HWC");
  if (!metadata.status()) return metadata.status().error();

  network.name = metadata.optional_text("name");
  if (network.name.empty()) {
    network.name =
        network.architecture + "_" + network.width_multiplier + "_" + std::to_string(network.input_size_px);
  }
  network.source = metadata.optional_text("source");
  network.license = metadata.optional_text("license");
  return network;
}

// The tensors are all there, none is left over, each has its shape, and all are of one type that we know.
Status check_tensor_list(const SafetensorsView& file, std::span<const TensorSpec> specs) {
  const DType dtype = file.tensors().empty() ? DType::kF32 : file.tensors()[0].dtype;
  for (const TensorSpec& spec : specs) {
    const TensorView* tensor = file.find(spec.name);
    if (tensor == nullptr) return broken("tensor " + quoted(spec.name) + " is missing");
    if (tensor->shape != spec.shape) {
      return broken("tensor " + quoted(spec.name) + " should be " + shape_text(spec.shape) +
                    " at this width, got " + shape_text(tensor->shape));
    }
    // int8 weights with their scales would be a third case here.
    if (tensor->dtype != DType::kF32 && tensor->dtype != DType::kF16) {
      return broken("tensor " + quoted(spec.name) + " should be F32 or F16, got " +
                    dtype_name(tensor->dtype));
    }
    if (tensor->dtype != dtype) {
      return broken("tensors should all be of one type, got " + std::string(dtype_name(dtype)) + " and " +
                    dtype_name(tensor->dtype) + " in " + quoted(spec.name));
    }
  }
  for (const TensorView& tensor : file.tensors()) {
    const bool is_known =
        std::ranges::any_of(specs, [&](const TensorSpec& spec) { return spec.name == tensor.name; });
    if (!is_known) return broken("tensor " + quoted(tensor.name) + " does not belong to this architecture");
  }
  return {};
}

// Copies the tensors of `specs` into one piece of memory and gives each layer its own.
Status read_weights(const SafetensorsView& file, std::span<const TensorSpec> specs, Network& network) {
  constexpr std::size_t kAlignment = kBufferAlignmentBytes / sizeof(float);
  const auto aligned = [](std::size_t count) { return (count + kAlignment - 1) / kAlignment * kAlignment; };
  std::size_t total = 0;
  for (const TensorSpec& spec : specs) total += aligned(file.find(spec.name)->element_count());
  auto values = PaddedBuffer<float>::create(total);
  if (!values) return values.error();
  const auto storage = std::make_shared<PaddedBuffer<float>>(std::move(values).value());

  std::size_t position = 0;
  std::map<std::string_view, Tensor> tensors;
  for (const TensorSpec& spec : specs) {
    const TensorView& tensor = *file.find(spec.name);
    const std::span<float> place = storage->span().subspan(position, tensor.element_count());
    if (const Status read = read_floats(tensor, place); !read) return read.error();
    tensors[spec.name] = {spec.name, spec.shape, place, storage};
    position += aligned(place.size());
  }
  for (Layer& layer : network.layers) {
    const auto weights = tensors.find(layer.name + ".weight");
    if (weights == tensors.end()) continue;
    layer.weights = weights->second;
    layer.biases = tensors.at(layer.name + ".bias");
  }
  return check_tensors(network);
}

}  // namespace

Result<Network> read_backbone_file(std::span<const std::uint8_t> file) {
  if (!begins_like_safetensors(file)) {
    return bad_file(
        "this file is neither a backbone file (.safetensors) nor a TensorFlow Lite network (.tflite): " +
        looks_like(file));
  }
  const auto parsed = SafetensorsView::parse(file);
  if (!parsed) return parsed.error();
  auto network = read_table(parsed.value());
  if (!network) return network.error();
  const std::vector<TensorSpec> specs = tensors_of(network.value());
  if (const Status checked = check_tensor_list(parsed.value(), specs); !checked) return checked.error();
  if (const Status read = read_weights(parsed.value(), specs, network.value()); !read) return read.error();
  network.value().sha256 = sha256_hex(file);
  return network;
}

}  // namespace headstart
