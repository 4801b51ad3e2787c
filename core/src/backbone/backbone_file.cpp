#include "backbone/backbone_file.h"

#include <algorithm>
#include <array>
#include <optional>
#include <string_view>
#include <utility>

#include "files/decimal.h"
#include "files/safetensors.h"
#include "files/sha256.h"

namespace headstart {
namespace {

constexpr std::string_view kFormat = "backbone/1";
constexpr std::string_view kFormatFamily = "backbone/";
constexpr std::string_view kArchitecture = "mobilenet_v2";
constexpr double kSmallestWidth = 0.1;
constexpr double kLargestWidth = 2.0;
constexpr std::array<std::int32_t, 5> kInputSizes = {224, 192, 160, 128, 96};

Error bad_file(std::string message) {
  return {ErrorCode::kBadFile, "backbone file: " + std::move(message)};
}

// Reads the metadata key by key; the first that is missing or wrong is kept as the failure.
class MetadataReader {
 public:
  explicit MetadataReader(const SafetensorsView& file) : file_(file) {}

  std::string text(std::string_view key) {
    const std::string* value = file_.metadata(key);
    if (value == nullptr) fail(bad_file("__metadata__ lacks " + quoted(key)));
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

  std::int32_t input_size(std::string_view key) {
    const std::string came = text(key);
    for (const std::int32_t size_px : kInputSizes) {
      if (came == std::to_string(size_px)) return size_px;
    }
    fail(expected_instead(key, supported_input_sizes_text(), came));
    return kInputSizes[0];
  }

  [[nodiscard]] const Status& status() const { return status_; }

 private:
  static Error expected_instead(std::string_view key, const std::string& expected, std::string_view came) {
    return bad_file(std::string(key) + " should be " + expected + ", got " + quoted(came));
  }

  void fail(Error error) {
    if (status_) status_ = std::move(error);
  }

  const SafetensorsView& file_;
  Status status_;
};

Status check_format(const SafetensorsView& file) {
  const std::string* format = file.metadata("format");
  if (format == nullptr) return bad_file("__metadata__ lacks \"format\"; this is no backbone file");
  if (*format == kFormat) return {};
  if (format->starts_with(kFormatFamily)) {
    return Error{ErrorCode::kBadVersion, "backbone file: this program reads the format \"backbone/1\", got " +
                                             quoted(*format) + "; a newer program may read it"};
  }
  return bad_file("format should be \"backbone/1\", got " + quoted(*format));
}

std::string strides_text(const MobileNetV2& network) {
  std::string text;
  for (const Bottleneck& block : network.blocks) {
    if (!text.empty()) text += ',';
    text += std::to_string(block.stride);
  }
  return text;
}

Result<BackboneInfo> read_info(const SafetensorsView& file) {
  if (const Status known = check_format(file); !known) return known.error();
  MetadataReader metadata(file);
  BackboneInfo info;
  metadata.expect("architecture", kArchitecture);
  info.architecture = kArchitecture;
  info.width_multiplier = metadata.text("width_multiplier");
  const double width_multiplier = metadata.number("width_multiplier", kSmallestWidth, kLargestWidth);
  info.input_size_px = metadata.input_size("input_size");
  info.input_scale = metadata.text("input_scale");
  info.input_offset = metadata.text("input_offset");
  info.normalisation.scale = static_cast<float>(metadata.number("input_scale", 1e-6, 1.0));
  info.normalisation.offset = static_cast<float>(metadata.number("input_offset", -255.0, 255.0));

  const MobileNetV2 network = mobilenet_v2(width_multiplier);
  info.embedding_dim = network.last_channels;
  info.feature_blocks = feature_blocks_of(network);
  metadata.expect("embedding_dim", std::to_string(network.last_channels));
  metadata.expect("block_strides", strides_text(network));
  metadata.expect("padding", "tf_same");
  metadata.expect("activation", "relu6");
  metadata.expect("conv_layout", "OHWI");
  metadata.expect("depthwise_layout", "HWC");
  if (!metadata.status()) return metadata.status().error();

  info.name = metadata.optional_text("name");
  if (info.name.empty()) {
    info.name = info.architecture + "_" + info.width_multiplier + "_" + std::to_string(info.input_size_px);
  }
  info.source = metadata.optional_text("source");
  info.license = metadata.optional_text("license");
  return info;
}

// The tensors are all there, none is left over, each has its shape, and all are of one type that we know.
Status check_tensors(const SafetensorsView& file, std::span<const TensorSpec> specs) {
  const DType dtype = file.tensors().empty() ? DType::kF32 : file.tensors()[0].dtype;
  for (const TensorSpec& spec : specs) {
    const TensorView* tensor = file.find(spec.name);
    if (tensor == nullptr) return bad_file("tensor " + quoted(spec.name) + " is missing");
    if (tensor->shape != spec.shape) {
      return bad_file("tensor " + quoted(spec.name) + " should be " + shape_text(spec.shape) +
                      " at this width, got " + shape_text(tensor->shape));
    }
    // int8 weights with their scales would be a third case here.
    if (tensor->dtype != DType::kF32 && tensor->dtype != DType::kF16) {
      return bad_file("tensor " + quoted(spec.name) + " should be F32 or F16, got " +
                      dtype_name(tensor->dtype));
    }
    if (tensor->dtype != dtype) {
      return bad_file("tensors should all be of one type, got " + std::string(dtype_name(dtype)) + " and " +
                      dtype_name(tensor->dtype) + " in " + quoted(spec.name));
    }
  }
  for (const TensorView& tensor : file.tensors()) {
    const bool is_known =
        std::ranges::any_of(specs, [&](const TensorSpec& spec) { return spec.name == tensor.name; });
    if (!is_known) return bad_file("tensor " + quoted(tensor.name) + " does not belong to this architecture");
  }
  return {};
}

}  // namespace

std::span<const std::int32_t> supported_input_sizes() {
  return kInputSizes;
}

std::string supported_input_sizes_text() {
  std::string text;
  for (std::size_t i = 0; i < kInputSizes.size(); ++i) {
    if (i > 0) text += i + 1 == kInputSizes.size() ? " or " : ", ";
    text += std::to_string(kInputSizes[i]);
  }
  return text;
}

Result<BackboneWeights> BackboneWeights::read(const SafetensorsView& file,
                                              std::span<const TensorSpec> specs) {
  constexpr std::size_t kAlignment = kBufferAlignmentBytes / sizeof(float);
  const auto aligned = [](std::size_t count) { return (count + kAlignment - 1) / kAlignment * kAlignment; };
  std::size_t total = 0;
  for (const TensorSpec& spec : specs) total += aligned(file.find(spec.name)->element_count());
  auto values = PaddedBuffer<float>::create(total);
  if (!values) return values.error();

  BackboneWeights weights;
  weights.values_ = std::move(values).value();
  std::size_t position = 0;
  for (const TensorSpec& spec : specs) {
    const TensorView& tensor = *file.find(spec.name);
    const std::size_t count = tensor.element_count();
    const std::span<float> place = weights.values_.span().subspan(position, count);
    if (const Status read = read_floats(tensor, place); !read) return read.error();
    weights.tensors_[spec.name] = place;
    weights.parameter_count_ += count;
    position += aligned(count);
  }
  return weights;
}

LayerWeights BackboneWeights::layer(const std::string& name) const {
  return {tensors_.at(name + ".weight"), tensors_.at(name + ".bias")};
}

Result<BackboneFile> read_backbone_file(std::span<const std::uint8_t> file) {
  const auto parsed = SafetensorsView::parse(file);
  if (!parsed) return parsed.error();
  const SafetensorsView& view = parsed.value();
  auto info = read_info(view);
  if (!info) return info.error();

  BackboneFile result;
  result.info = std::move(info).value();
  result.network = mobilenet_v2(*parse_ratio(result.info.width_multiplier));
  const std::vector<TensorSpec> specs = tensors_of(result.network);
  if (const Status checked = check_tensors(view, specs); !checked) return checked.error();
  auto weights = BackboneWeights::read(view, specs);
  if (!weights) return weights.error();
  result.weights = std::move(weights).value();
  result.info.parameter_count = result.weights.parameter_count();
  result.info.sha256 = sha256_hex(file);
  return result;
}

}  // namespace headstart
