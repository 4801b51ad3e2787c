// Teachable Machine's three files: a Keras model in TensorFlow.js's JSON, its numbers, and metadata. It holds
// to what the layers of TensorFlow.js 1.3.1 can do, which is what Teachable Machine's own library asks for.
#include <algorithm>
#include <array>
#include <cmath>
#include <utility>

#include "export/byte_writer.h"
#include "export/tfjs_root.h"
#include "export/tfjs_topology.h"
#include "export/writers.h"
#include "export/zip_writer.h"
#include "image/image_filter.h"

namespace headstart {
namespace {

constexpr float kBatchEpsilon = 1e-3F;

// What Teachable Machine makes of a byte: byte / 127 - 1.
constexpr float kMachineScale = 127;

// [out, middle…, in] to [middle…, in, out].
std::vector<float> outputs_last(std::span<const float> weights, std::size_t output_count) {
  const std::size_t rest = weights.size() / output_count;
  std::vector<float> turned(weights.size());
  for (std::size_t out = 0; out < output_count; ++out) {
    for (std::size_t i = 0; i < rest; ++i) turned[i * output_count + out] = weights[out * rest + i];
  }
  return turned;
}

std::vector<float> copy_of(std::span<const float> values) {
  return {values.begin(), values.end()};
}

std::string_view activation_of(Activation activation) {
  switch (activation) {
    case Activation::kRelu:
      return "relu";
    case Activation::kRelu6:
      return "relu6";
    case Activation::kSigmoid:
      return "sigmoid";
    default:
      return "linear";  // the others are steps of their own
  }
}

class TfjsWriter {
 public:
  TfjsWriter(const ExportedModel& model, std::size_t picture_size_px)
      : model_(model), picture_size_px_(picture_size_px) {}

  Status write() {
    for (const Step& step : model_.steps) {
      Result<TfjsNode> node = node_of(step);
      if (!node) return node.error();
      nodes_.push_back(std::move(node).value());
    }
    return {};
  }

  [[nodiscard]] std::string model_json() const { return topology_.model_json(input_, nodes_.back()); }
  [[nodiscard]] std::span<const float> numbers() const { return topology_.numbers(); }

 private:
  Result<TfjsNode> node_of(const Step& step) {
    std::vector<TfjsNode> inputs;
    for (const std::size_t input : step.inputs) inputs.push_back(nodes_[input]);
    const std::span<const TfjsNode> in = inputs;
    switch (step.kind) {
      case StepKind::kPicture:
        return picture();
      case StepKind::kMirror:
        return mirror(step, in);
      case StepKind::kConvolution:
        return activated(step, convolution(step, in));
      case StepKind::kDepthwise:
        return activated(step, depthwise(step, in));
      case StepKind::kAdd:
        return activated(step, topology_.use("Add", step.layer, {}, in));
      case StepKind::kMultiply:
        return activated(step, topology_.use("Multiply", step.layer, {}, in));
      case StepKind::kScale:
        return activated(step, scale(step.layer, in, scale_of(step), offset_of(step)));
      case StepKind::kGlobalAveragePool:
        return pool(step, in);
      case StepKind::kActivation:
        return activated(step, inputs.front());
      case StepKind::kConcatenate:
        return topology_.use("Concatenate", step.layer, JsonObject().number("axis", -1), in);
      case StepKind::kDense:
        return dense(step, in);
      case StepKind::kSoftmax:
        return topology_.use("Activation", step.layer, JsonObject().text("activation", "softmax"), in);
      case StepKind::kSquareRoot:
        return tfjs_square_root(topology_, step, inputs.front());
      case StepKind::kNormalise:
        return tfjs_normalised(topology_, step, inputs.front());
      case StepKind::kAveragePool:
      case StepKind::kMaxPool:
        break;  // limits.h lets none of them come here
    }
    return inputs.front();
  }

  Result<TfjsNode> picture() {
    const std::string shape =
        "[null," + std::to_string(picture_size_px_) + "," + std::to_string(picture_size_px_) + ",3]";
    input_ = topology_.use("InputLayer", "picture",
                           JsonObject().raw("batch_input_shape", shape).text("dtype", "float32"), {});
    if (picture_size_px_ == model_.input_size_px) return input_;
    return resample();
  }

  // Fewer pixels: each axis is the last one once and goes through the triangle filter's weights.
  Result<TfjsNode> resample() {
    const std::size_t size = model_.input_size_px;
    Result<FilterAxis> axis = make_filter_axis(static_cast<std::int32_t>(picture_size_px_),
                                               static_cast<std::int32_t>(size), FilterStart::kAnywhere);
    if (!axis) return axis.error();
    const auto weights = [&] {
      std::vector<float> matrix(picture_size_px_ * size);  // [picture size, size]
      for (std::size_t i = 0; i < size; ++i) {
        auto at = static_cast<std::size_t>(axis.value().first_indices.span()[i]);
        const auto put = [&](std::int16_t weight) {
          if (at < picture_size_px_)
            matrix[at * size + i] += std::ldexp(static_cast<float>(weight), -kWeightBits);
          ++at;
        };
        for (const WeightPair& pair : axis.value().pairs_of(i)) {
          put(pair.first);
          put(pair.second);
        }
      }
      return std::vector<TfjsWeight>{{"kernel", {picture_size_px_, size}, std::move(matrix)}};
    };
    const JsonObject config =
        JsonObject().number("units", static_cast<double>(size)).raw("use_bias", "false");
    TfjsNode at = permute("rows_last", input_, "[2,3,1]");  // [width, channels, rows]
    at = topology_.use("Dense", "resample", config, std::array{at}, weights);
    at = permute("columns_last", at, "[3,2,1]");  // [rows, channels, width]
    at = topology_.use("Dense", "resample", config, std::array{at}, weights);
    return permute("resampled", at, "[1,3,2]");
  }

  TfjsNode permute(std::string name, const TfjsNode& input, std::string_view dimensions) {
    return topology_.use("Permute", std::move(name), JsonObject().raw("dims", dimensions), std::array{input});
  }

  // Left and right change places by a product with the matrix that does so.
  TfjsNode mirror(const Step& step, std::span<const TfjsNode> in) {
    const std::size_t size = step.output.width;
    const auto weights = [&] {
      std::vector<float> matrix(size * size);
      for (std::size_t i = 0; i < size; ++i) matrix[i * size + size - 1 - i] = 1;
      return std::vector<TfjsWeight>{{"kernel", {size, size}, std::move(matrix)}};
    };
    const TfjsNode columns = permute(step.layer + "_columns", in.front(), "[1,3,2]");
    const JsonObject config =
        JsonObject().number("units", static_cast<double>(size)).raw("use_bias", "false");
    return permute(step.layer + "_back",
                   topology_.use("Dense", step.layer, config, std::array{columns}, weights), "[1,3,2]");
  }

  [[nodiscard]] std::vector<float> scale_of(const Step& step) const {
    std::vector<float> scale = copy_of(step.weights);
    if (model_.steps[step.inputs.front()].kind == StepKind::kPicture) {
      for (float& factor : scale) factor *= kMachineScale;
    }
    return scale;
  }

  [[nodiscard]] std::vector<float> offset_of(const Step& step) const {
    std::vector<float> offset = copy_of(step.biases);
    if (model_.steps[step.inputs.front()].kind == StepKind::kPicture) {
      for (std::size_t i = 0; i < offset.size(); ++i) offset[i] += step.weights[i] * kMachineScale;
    }
    return offset;
  }

  // Not folded into the convolution behind it: its padding is zero after the scaling.
  TfjsNode scale(const std::string& name, std::span<const TfjsNode> in, std::vector<float> factors,
                 std::vector<float> offsets) {
    const auto weights = [&] {
      const std::size_t count = factors.size();
      return std::vector<TfjsWeight>{
          {"gamma", {count}, std::move(factors)},
          {"beta", {count}, std::move(offsets)},
          {"moving_mean", {count}, std::vector<float>(count)},
          {"moving_variance", {count}, std::vector<float>(count, 1.0F - kBatchEpsilon)},
      };
    };
    return topology_.use(
        "BatchNormalization", name,
        JsonObject().number("axis", -1).number("epsilon", static_cast<double>(kBatchEpsilon)), in, weights);
  }

  // Zeros around the map where the layer wants others than "same" puts there.
  TfjsNode padded(const Step& step, const TfjsNode& input, JsonObject& config) {
    const Padding& padding = step.padding;
    if (padding.kind == PaddingKind::kTfSame) {
      config.text("padding", "same");
      return input;
    }
    config.text("padding", "valid");
    if (padding.top + padding.bottom + padding.left + padding.right == 0) return input;
    const std::string sides = "[" + json_numbers(std::array{padding.top, padding.bottom}) + "," +
                              json_numbers(std::array{padding.left, padding.right}) + "]";
    return topology_.use("ZeroPadding2D", step.layer + "_padding", JsonObject().raw("padding", sides),
                         std::array{input});
  }

  JsonObject window(const Step& step) {
    JsonObject config;
    config.raw("kernel_size", json_numbers(std::array{step.kernel_height, step.kernel_width}));
    config.raw("strides", json_numbers(std::array{step.stride, step.stride}));
    return config.text("activation", activation_of(step.activation)).raw("use_bias", "true");
  }

  Result<TfjsNode> convolution(const Step& step, std::span<const TfjsNode> in) {
    const std::size_t count = step.channel_count();
    JsonObject config = window(step).number("filters", static_cast<double>(count));
    const TfjsNode input = padded(step, in.front(), config);
    return topology_.use("Conv2D", step.layer, config, std::array{input}, [&] {
      const std::size_t input_count = model_.input_of(step).channel_count;
      return std::vector<TfjsWeight>{{"kernel",
                                      {step.kernel_height, step.kernel_width, input_count, count},
                                      outputs_last(step.weights, count)},
                                     {"bias", {count}, copy_of(step.biases)}};
    });
  }

  Result<TfjsNode> depthwise(const Step& step, std::span<const TfjsNode> in) {
    JsonObject config = window(step).number("depth_multiplier", 1);
    const TfjsNode input = padded(step, in.front(), config);
    return topology_.use("DepthwiseConv2D", step.layer, config, std::array{input}, [&] {
      const std::size_t count = step.channel_count();
      return std::vector<TfjsWeight>{
          {"depthwise_kernel", {step.kernel_height, step.kernel_width, count, 1}, copy_of(step.weights)},
          {"bias", {count}, copy_of(step.biases)}};
    });
  }

  // Convolutions have their activation inside where Keras knows it; the others are made of what it knows:
  // x * relu6(x + 3) / 6 and the like.
  Result<TfjsNode> activated(const Step& step, const Result<TfjsNode>& node) {
    if (!node) return node;
    const bool is_inside = step.kind == StepKind::kConvolution || step.kind == StepKind::kDepthwise;
    const TfjsNode& x = node.value();
    switch (step.activation) {
      case Activation::kLinear:
        return x;
      case Activation::kRelu:
      case Activation::kSigmoid:
        if (is_inside) return x;
        return topology_.use("Activation", step.layer + "_activation",
                             JsonObject().text("activation", activation_of(step.activation)), std::array{x});
      case Activation::kRelu6:
        return is_inside ? x : relu6(step.layer + "_relu6", x);
      case Activation::kSwish:
        return topology_.use(
            "Multiply", step.layer + "_swish", {},
            std::array{x, topology_.use("Activation", step.layer + "_sigmoid",
                                        JsonObject().text("activation", "sigmoid"), std::array{x})});
      case Activation::kHardSigmoid:
        return hard_sigmoid(step, x);
      case Activation::kHardSwish:
        return topology_.use("Multiply", step.layer + "_swish", {}, std::array{x, hard_sigmoid(step, x)});
    }
    return x;
  }

  TfjsNode relu6(std::string name, const TfjsNode& x) {
    return topology_.use("ReLU", std::move(name), JsonObject().number("max_value", 6), std::array{x});
  }

  TfjsNode hard_sigmoid(const Step& step, const TfjsNode& x) {
    const std::size_t count = step.channel_count();
    const auto all = [&](float value) { return std::vector<float>(count, value); };
    const TfjsNode shifted = scale(step.layer + "_plus_3", std::array{x}, all(1), all(3));
    return scale(step.layer + "_sixth", std::array{relu6(step.layer + "_relu6", shifted)}, all(1.0F / 6),
                 all(0));
  }

  TfjsNode pool(const Step& step, std::span<const TfjsNode> in) {
    const TfjsNode mean = topology_.use("GlobalAveragePooling2D", step.layer, {}, in);
    if (step.is_vector) return mean;
    return topology_.use("Reshape", step.layer + "_place",
                         JsonObject().raw("target_shape", json_numbers(std::array<std::size_t, 3>{
                                                              1, 1, step.channel_count()})),
                         std::array{mean});
  }

  TfjsNode dense(const Step& step, std::span<const TfjsNode> in) {
    const std::size_t count = step.channel_count();
    const JsonObject config = JsonObject()
                                  .number("units", static_cast<double>(count))
                                  .text("activation", activation_of(step.activation))
                                  .raw("use_bias", "true");
    return topology_.use("Dense", step.layer, config, in, [&] {
      return std::vector<TfjsWeight>{
          {"kernel", {step.weights.size() / count, count}, outputs_last(step.weights, count)},
          {"bias", {count}, copy_of(step.biases)}};
    });
  }

  const ExportedModel& model_;
  std::size_t picture_size_px_;
  TfjsTopology topology_;
  TfjsNode input_;
  std::vector<TfjsNode> nodes_;  // of each step
};

std::string metadata_json(const ExportedModel& model, const ExportOptions& options,
                          std::size_t picture_size_px) {
  JsonObject metadata;
  metadata.text("tfjsVersion", "1.7.4").text("packageName", "@teachablemachine/image");
  if (!options.date.empty()) metadata.text("timeStamp", options.date);
  metadata.raw("userMetadata", "{}").text("modelName", options.title.empty() ? model.name : options.title);
  metadata.raw("labels", write_json_string_array(model.labels));
  return metadata.number("imageSize", static_cast<double>(picture_size_px))
      .text("generatedBy", "Headstart")
      .json();
}

}  // namespace

Result<std::vector<std::uint8_t>> write_tfjs(const ExportedModel& model, const ExportOptions& options) {
  const std::size_t size = options.picture_size_px == 0 ? model.input_size_px : options.picture_size_px;
  if (size < model.input_size_px || size > static_cast<std::size_t>(kMostPreparedSidePx)) {
    return bad_argument("expected pictures of " + std::to_string(model.input_size_px) + " to " +
                        std::to_string(kMostPreparedSidePx) + " px, got " + std::to_string(size));
  }
  TfjsWriter writer(model, size);
  if (const Status written = writer.write(); !written) return written.error();
  ZipWriter zip;
  zip.add("model.json", writer.model_json());
  zip.add("weights.bin", bytes_of(writer.numbers()));
  zip.add("metadata.json", metadata_json(model, options, size));
  return zip.finish();
}

}  // namespace headstart
