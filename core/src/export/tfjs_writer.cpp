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

namespace headstart {
namespace {

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

// A picture of the size that the model takes was mostly made smaller before, in another program, by means
// over what lies under each pixel. Blurs add up by their squares: this share of a squared pixel is there
// already (measured with canvases that halve, as the programs shown do), and a triangle that is narrower by
// so much makes both together what the page makes at once.
constexpr double kBlurredBefore = 0.75;

// [picture size, size]: the weights of the triangle filter, which fewer pixels are made with.
std::vector<float> resampling_matrix(std::size_t picture_size_px, std::size_t size_px) {
  const double step = static_cast<double>(picture_size_px) / static_cast<double>(size_px);
  const double reach = std::sqrt(std::max(1.0, step * step - kBlurredBefore));
  std::vector<float> matrix(picture_size_px * size_px);
  for (std::size_t i = 0; i < size_px; ++i) {
    const double centre = (static_cast<double>(i) + 0.5) * step - 0.5;
    const auto raw = [&](std::size_t k) {
      return std::max(0.0, reach - std::abs(static_cast<double>(k) - centre));
    };
    double sum = 0;
    for (std::size_t k = 0; k < picture_size_px; ++k) sum += raw(k);
    for (std::size_t k = 0; k < picture_size_px; ++k)
      matrix[k * size_px + i] = static_cast<float>(raw(k) / sum);
  }
  return matrix;
}

const char* activation_of(Activation activation) {
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
  // `resampling`: the matrix that fewer pixels are made with, empty where the picture's are the network's.
  TfjsWriter(const ExportedModel& model, std::size_t picture_size_px, std::vector<float> resampling)
      : model_(model), picture_size_px_(picture_size_px), resampling_(std::move(resampling)) {}

  void write() {
    for (const Step& step : model_.steps) nodes_.push_back(node_of(step));
  }

  [[nodiscard]] std::string model_json() const { return topology_.model_json(input_, nodes_.back()); }
  [[nodiscard]] std::span<const float> numbers() const { return topology_.numbers(); }

 private:
  TfjsNode node_of(const Step& step) {
    std::vector<TfjsNode> in;
    for (const std::size_t input : step.inputs) in.push_back(nodes_[input]);
    switch (step.kind) {
      case StepKind::kPicture:
        return picture();
      case StepKind::kMirror:
        return mirror(step, in.front());
      case StepKind::kConvolution:
        return activated(step, convolution(step, in.front()));
      case StepKind::kDepthwise:
        return activated(step, depthwise(step, in.front()));
      case StepKind::kAdd:
        topology_.layer("Add", step.layer);
        return activated(step, topology_.use(in));
      case StepKind::kMultiply: {
        // TensorFlow.js throws a layer's input away after its last use, and counts one that comes twice
        // twice.
        const TfjsNode other = step.inputs[0] == step.inputs[1] ? copied(step, in[0]) : in[1];
        topology_.layer("Multiply", step.layer);
        return activated(step, topology_.use(std::array{in[0], other}));
      }
      case StepKind::kScale:
        return activated(step, scale(step, in.front()));
      case StepKind::kGlobalAveragePool:
        return pool(step, in.front());
      case StepKind::kActivation:
        return activated(step, in.front());
      case StepKind::kConcatenate:
        topology_.layer("Concatenate", step.layer).raw("axis", "-1");
        return topology_.use(in);
      case StepKind::kDense:
        return dense(step, in.front());
      case StepKind::kSoftmax:
        return activation(step, "", in.front(), "softmax");
      case StepKind::kSquareRoot:
        return tfjs_square_root(topology_, step, in.front());
      case StepKind::kNormalise:
        return tfjs_normalised(topology_, step, in.front());
      case StepKind::kAveragePool:
      case StepKind::kMaxPool:
        break;  // limits.h lets none of them come here
    }
    return in.front();
  }

  TfjsNode picture() {
    const std::string side = std::to_string(picture_size_px_);
    topology_.layer("InputLayer", "picture")
        .raw("batch_input_shape", "[null," + side + "," + side + ",3]")
        .text("dtype", "float32");
    input_ = topology_.use(std::span<const TfjsNode>());
    return resampling_.empty() ? input_ : resample();
  }

  // Fewer pixels: each axis is the last one once.
  TfjsNode resample() {
    TfjsNode at = permute("rows_last", "", input_, "[2,3,1]");  // [width, channels, rows]
    at = resample_last(at);
    at = permute("columns_last", "", at, "[3,2,1]");  // [rows, channels, width]
    at = resample_last(at);
    return permute("resampled", "", at, "[1,3,2]");
  }

  TfjsNode resample_last(const TfjsNode& in) {
    const std::size_t size = model_.input_size_px;
    topology_.layer("Dense", "resample").number("units", size).raw("use_bias", "false");
    if (topology_.is_new()) topology_.weight("kernel", {picture_size_px_, size}, resampling_);
    return topology_.use(in);
  }

  TfjsNode permute(const std::string& name, const char* suffix, const TfjsNode& in, const char* dimensions) {
    topology_.layer("Permute", name, suffix).raw("dims", dimensions);
    return topology_.use(in);
  }

  // Left and right change places by a product with the matrix that does so.
  TfjsNode mirror(const Step& step, const TfjsNode& in) {
    const std::size_t size = step.output.width;
    const TfjsNode columns = permute(step.layer, "_columns", in, "[1,3,2]");
    topology_.layer("Dense", step.layer).number("units", size).raw("use_bias", "false");
    if (topology_.is_new()) topology_.weight("kernel", {size, size}, exchange_matrix(size));
    return permute(step.layer, "_back", topology_.use(columns), "[1,3,2]");
  }

  TfjsNode scale(const Step& step, const TfjsNode& in) {
    std::vector<float> factors(step.weights.begin(), step.weights.end());
    std::vector<float> offsets(step.biases.begin(), step.biases.end());
    if (model_.steps[step.inputs.front()].kind == StepKind::kPicture) {
      for (std::size_t i = 0; i < offsets.size(); ++i) {
        factors[i] *= kMachineScale;
        offsets[i] += factors[i];
      }
    }
    return tfjs_scaled(topology_, step, "", in, factors, offsets);
  }

  // Zeros around the map where the layer wants others than "same" puts there.
  TfjsNode padded(const Step& step, const TfjsNode& in) {
    const auto& [kind, top, left, bottom, right] = step.padding;
    if (kind == PaddingKind::kTfSame || top + bottom + left + right == 0) return in;
    const std::string rows = write_json_number_array(std::array{top, bottom});
    const std::string columns = write_json_number_array(std::array{left, right});
    topology_.layer("ZeroPadding2D", step.layer, "_padding").raw("padding", "[" + rows + "," + columns + "]");
    return topology_.use(in);
  }

  JsonObject& window_layer(const char* class_name, const Step& step) {
    JsonObject& config = topology_.layer(class_name, step.layer);
    config.numbers("kernel_size", {step.kernel_height, step.kernel_width});
    config.numbers("strides", {step.stride, step.stride});
    return config.text("activation", activation_of(step.activation)).raw("use_bias", "true");
  }

  static const char* padding_of(const Step& step) {
    return step.padding.kind == PaddingKind::kTfSame ? "same" : "valid";
  }

  TfjsNode convolution(const Step& step, const TfjsNode& in) {
    const std::size_t count = step.channel_count();
    const TfjsNode from = padded(step, in);
    window_layer("Conv2D", step).number("filters", count).text("padding", padding_of(step));
    if (topology_.is_new()) {
      const std::size_t input_count = model_.input_of(step).channel_count;
      topology_.weight("kernel", {step.kernel_height, step.kernel_width, input_count, count},
                       outputs_last(step.weights, count));
      topology_.weight("bias", {count}, step.biases);
    }
    return topology_.use(from);
  }

  TfjsNode depthwise(const Step& step, const TfjsNode& in) {
    const std::size_t count = step.channel_count();
    const TfjsNode from = padded(step, in);
    window_layer("DepthwiseConv2D", step).number("depth_multiplier", 1).text("padding", padding_of(step));
    if (topology_.is_new()) {
      topology_.weight("depthwise_kernel", {step.kernel_height, step.kernel_width, count, 1}, step.weights);
      topology_.weight("bias", {count}, step.biases);
    }
    return topology_.use(from);
  }

  // Convolutions have their activation inside where Keras knows it; the others are made of what it knows:
  // x * relu6(x + 3) / 6 and the like.
  TfjsNode activated(const Step& step, const TfjsNode& x) {
    const bool is_inside = step.kind == StepKind::kConvolution || step.kind == StepKind::kDepthwise;
    switch (step.activation) {
      case Activation::kLinear:
        return x;
      case Activation::kRelu:
      case Activation::kSigmoid:
        return is_inside ? x : activation(step, "_activation", x, activation_of(step.activation));
      case Activation::kRelu6:
        return is_inside ? x : relu6(step, x);
      case Activation::kSwish:
        return product(step, x, activation(step, "_sigmoid", x, "sigmoid"));
      case Activation::kHardSigmoid:
        return hard_sigmoid(step, x);
      case Activation::kHardSwish:
        return product(step, x, hard_sigmoid(step, x));
    }
    return x;
  }

  TfjsNode activation(const Step& step, const char* suffix, const TfjsNode& x, const char* kind) {
    topology_.layer("Activation", step.layer, suffix).text("activation", kind);
    return topology_.use(x);
  }

  TfjsNode copied(const Step& step, const TfjsNode& x) {
    const std::size_t count = step.channel_count();
    return tfjs_scaled(topology_, step, "_copy", x, std::vector<float>(count, 1), std::vector<float>(count));
  }

  TfjsNode product(const Step& step, const TfjsNode& x, const TfjsNode& gate) {
    topology_.layer("Multiply", step.layer, "_swish");
    return topology_.use(std::array{x, gate});
  }

  TfjsNode relu6(const Step& step, const TfjsNode& x) {
    topology_.layer("ReLU", step.layer, "_relu6").number("max_value", 6);
    return topology_.use(x);
  }

  TfjsNode hard_sigmoid(const Step& step, const TfjsNode& x) {
    const auto all = [&](float value) { return std::vector<float>(step.channel_count(), value); };
    const TfjsNode shifted = tfjs_scaled(topology_, step, "_plus_3", x, all(1), all(3));
    return tfjs_scaled(topology_, step, "_sixth", relu6(step, shifted), all(1.0F / 6), all(0));
  }

  TfjsNode pool(const Step& step, const TfjsNode& in) {
    topology_.layer("GlobalAveragePooling2D", step.layer);
    const TfjsNode mean = topology_.use(in);
    if (step.is_vector) return mean;
    topology_.layer("Reshape", step.layer, "_place").numbers("target_shape", {1, 1, step.channel_count()});
    return topology_.use(mean);
  }

  TfjsNode dense(const Step& step, const TfjsNode& in) {
    const std::size_t count = step.channel_count();
    topology_.layer("Dense", step.layer)
        .number("units", count)
        .text("activation", activation_of(step.activation))
        .raw("use_bias", "true");
    if (topology_.is_new()) {
      topology_.weight("kernel", {step.weights.size() / count, count}, outputs_last(step.weights, count));
      topology_.weight("bias", {count}, step.biases);
    }
    return topology_.use(in);
  }

  const ExportedModel& model_;
  std::size_t picture_size_px_;
  std::vector<float> resampling_;
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
  return metadata.number("imageSize", picture_size_px).text("generatedBy", "Headstart").json();
}

}  // namespace

Result<std::vector<std::uint8_t>> write_tfjs(const ExportedModel& model, const ExportOptions& options) {
  const std::size_t size = options.picture_size_px == 0 ? model.input_size_px : options.picture_size_px;
  if (size < model.input_size_px || size > static_cast<std::size_t>(kMostPreparedSidePx)) {
    return bad_argument("expected pictures of " + std::to_string(model.input_size_px) + " to " +
                        std::to_string(kMostPreparedSidePx) + " px, got " + std::to_string(size));
  }
  std::vector<float> resampling;
  if (size != model.input_size_px) resampling = resampling_matrix(size, model.input_size_px);
  TfjsWriter writer(model, size, std::move(resampling));
  writer.write();
  ZipWriter zip;
  zip.add("model.json", writer.model_json());
  zip.add("weights.bin", bytes_of(writer.numbers()));
  zip.add("metadata.json", metadata_json(model, options, size));
  return zip.finish();
}

}  // namespace headstart
