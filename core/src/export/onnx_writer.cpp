// ONNX (https://github.com/onnx/onnx, onnx.proto3): opset 9 in IR 4, whose Clip has its limits as attributes,
// because OpenCV's reader wants that. Field numbers stand where they are written.
#include <array>
#include <set>
#include <string>
#include <utility>

#include "export/protobuf.h"
#include "export/writers.h"
#include "files/json.h"

namespace headstart {
namespace {

constexpr std::uint64_t kIrVersion = 4;
constexpr std::uint64_t kOpset = 9;
constexpr std::uint64_t kFloat = 1;     // TensorProto.FLOAT
constexpr float kLeastSquare = 1e-12F;  // of a length: a vector of zeros stays one

// AttributeProto.type
enum class AttributeType : std::uint8_t { kFloat = 1, kInt = 2, kString = 3, kInts = 7 };

Message attribute(std::string_view name, AttributeType type) {
  Message message;
  message.text(1, name).number(20, static_cast<std::uint64_t>(type));
  return message;
}

// One operator: what it reads, what it makes, how.
class Node {
 public:
  Node(std::string_view op, const std::string& output) {
    message_.text(2, output).text(3, output).text(4, op);
  }
  Node& input(std::string_view name) {
    message_.text(1, name);
    return *this;
  }
  Node& real(std::string_view name, float value) {
    message_.message(5, attribute(name, AttributeType::kFloat).real(2, value));
    return *this;
  }
  Node& number(std::string_view name, std::size_t value) {
    message_.message(5, attribute(name, AttributeType::kInt).number(3, value));
    return *this;
  }
  Node& text(std::string_view name, std::string_view value) {
    message_.message(5, attribute(name, AttributeType::kString).text(4, value));
    return *this;
  }
  Node& numbers(std::string_view name, std::span<const std::size_t> values) {
    Message list = attribute(name, AttributeType::kInts);
    for (const std::size_t value : values) list.number(8, value);
    message_.message(5, list);
    return *this;
  }
  [[nodiscard]] const Message& message() const { return message_; }

 private:
  Message message_;
};

// Channels before places: [out, h, w, in] to [out, in, h, w].
std::vector<float> channels_first(std::span<const float> weights, std::size_t outer, std::size_t places,
                                  std::size_t inner) {
  std::vector<float> turned(weights.size());
  for (std::size_t o = 0; o < outer; ++o) {
    for (std::size_t p = 0; p < places; ++p) {
      for (std::size_t i = 0; i < inner; ++i) {
        turned[(o * inner + i) * places + p] = weights[(o * places + p) * inner + i];
      }
    }
  }
  return turned;
}

class OnnxWriter {
 public:
  explicit OnnxWriter(const ExportedModel& model) : model_(model) {}

  Status write() {
    for (const Step& step : model_.steps) {
      if (const Status added = add(step); !added) return added;
    }
    return {};
  }

  std::vector<std::uint8_t> finish(const ExportOptions& options) {
    const std::string title = options.title.empty() ? model_.name : options.title;
    graph_.text(2, title).message(11, picture_info()).message(12, probabilities_info());
    Message model;
    model.number(1, kIrVersion).text(2, "Headstart").text(6, "Probabilities of " + title);
    model.message(7, graph_).message(8, Message().text(1, "").number(2, kOpset));
    const auto say = [&](std::string_view key, std::string_view value) {
      model.message(14, Message().text(1, key).text(2, value));
    };
    say("labels", write_json_string_array(model_.labels));
    say("Image.BitmapPixelFormat", "Rgb8");
    say("Image.NominalPixelRange", "NominalRange_0_255");
    say("backbone", model_.name);
    say("license", model_.license);
    if (!options.date.empty()) say("date", options.date);
    return std::move(model).take();
  }

 private:
  Status add(const Step& step) {
    switch (step.kind) {
      case StepKind::kPicture:
        return {};
      case StepKind::kMirror:
        add_mirror(step);
        return {};
      case StepKind::kConvolution:
      case StepKind::kDepthwise:
        add_convolution(step);
        return {};
      case StepKind::kAdd:
      case StepKind::kMultiply:
        add_pair(step);
        return {};
      case StepKind::kScale:
        add_scale(step);
        return {};
      case StepKind::kGlobalAveragePool:
        add_pool(step);
        return {};
      case StepKind::kAveragePool:
      case StepKind::kMaxPool:
        add_window(step);
        return {};
      case StepKind::kActivation:
        add_activated(step, "Identity", [&](Node& node) { node.input(name_of(step, 0)); });
        return {};
      case StepKind::kConcatenate: {
        Node node("Concat", step.name);
        for (std::size_t i = 0; i < step.inputs.size(); ++i) node.input(name_of(step, i));
        put(node.number("axis", 1));
        return {};
      }
      case StepKind::kDense:
        add_dense(step);
        return {};
      case StepKind::kSoftmax:
        put(Node("Softmax", step.name).input(name_of(step, 0)).number("axis", 1));
        return {};
      case StepKind::kSquareRoot:
        put(Node("Sqrt", step.name).input(name_of(step, 0)));
        return {};
      case StepKind::kNormalise:
        add_normalisation(step);
        return {};
    }
    return {};
  }

  [[nodiscard]] const std::string& name_of(const Step& step, std::size_t input) const {
    return model_.steps[step.inputs[input]].name;
  }

  void put(const Node& node) { graph_.message(1, node.message()); }

  // The numbers of a layer, once for both looks.
  std::string numbers(const Step& step, std::string_view suffix, std::span<const std::size_t> shape,
                      std::span<const float> values) {
    std::string name = step.layer + "." + std::string(suffix);
    if (!written_.insert(name).second) return name;
    Message tensor;
    for (const std::size_t length : shape) tensor.number(1, length);
    tensor.number(2, kFloat).text(8, name).bytes(9, bytes_of(values));
    graph_.message(5, tensor);
    return name;
  }

  // Columns change places by a product with the matrix that does so: every reader can do that.
  void add_mirror(const Step& step) {
    const std::size_t size = step.output.width;
    std::vector<float> matrix(size * size);
    for (std::size_t i = 0; i < size; ++i) matrix[i * size + size - 1 - i] = 1;
    const std::string exchange = numbers(step, "exchange", std::array{size, size}, matrix);
    put(Node("MatMul", step.name).input(name_of(step, 0)).input(exchange));
  }

  void describe_window(const Step& step, Node& node) {
    const MapShape& input = model_.input_of(step);
    const PaddedSide rows = pad_side(step.padding.kind, input.height, step.kernel_height, step.stride,
                                     step.padding.top, step.padding.bottom);
    const PaddedSide columns = pad_side(step.padding.kind, input.width, step.kernel_width, step.stride,
                                        step.padding.left, step.padding.right);
    node.numbers("kernel_shape", std::array{step.kernel_height, step.kernel_width});
    node.numbers("strides", std::array{step.stride, step.stride});
    node.numbers("pads", std::array{rows.before, columns.before, rows.after, columns.after});
  }

  void add_convolution(const Step& step) {
    const bool is_depthwise = step.kind == StepKind::kDepthwise;
    const std::size_t count = step.channel_count();
    const std::size_t groups = is_depthwise ? count : step.groups;
    const std::size_t inner = is_depthwise ? 1 : model_.input_of(step).channel_count / groups;
    const std::size_t places = step.kernel_height * step.kernel_width;
    const std::vector<float> turned = is_depthwise ? channels_first(step.weights, 1, places, count)
                                                   : channels_first(step.weights, count, places, inner);
    add_activated(step, "Conv", [&](Node& node) {
      node.input(name_of(step, 0));
      node.input(
          numbers(step, "weight", std::array{count, inner, step.kernel_height, step.kernel_width}, turned));
      node.input(numbers(step, "bias", std::array{count}, step.biases));
      describe_window(step, node);
      node.numbers("dilations", std::array<std::size_t, 2>{1, 1}).number("group", groups);
    });
  }

  void add_window(const Step& step) {
    const bool is_mean = step.kind == StepKind::kAveragePool;
    add_activated(step, is_mean ? "AveragePool" : "MaxPool", [&](Node& node) {
      node.input(name_of(step, 0));
      describe_window(step, node);
      if (is_mean) node.number("count_include_pad", 0);
    });
  }

  // OpenCV 4.6 does not spread one number of each channel over a map's places: it is written out first.
  void add_pair(const Step& step) {
    const auto shape = [&](std::size_t input) { return model_.steps[step.inputs[input]].output; };
    std::array<std::string, 2> names = {std::string(name_of(step, 0)), std::string(name_of(step, 1))};
    for (const std::size_t small : {std::size_t{0}, std::size_t{1}}) {
      const MapShape whole = shape(1 - small);
      if (step.is_vector || shape(small).place_count() >= whole.place_count()) continue;
      const std::string spread = step.name + "/spread";
      const std::array factors = {1.0F, 1.0F, static_cast<float>(whole.height),
                                  static_cast<float>(whole.width)};
      put(Node("Upsample", spread)
              .input(names[small])
              .input(numbers(step, "places", std::array<std::size_t, 1>{4}, factors))
              .text("mode", "nearest"));
      names[small] = spread;
    }
    add_activated(step, step.kind == StepKind::kAdd ? "Add" : "Mul",
                  [&](Node& node) { node.input(names[0]).input(names[1]); });
  }

  void add_scale(const Step& step) {
    const std::array<std::size_t, 4> whole = {1, step.channel_count(), 1, 1};
    const std::span<const std::size_t> shape = std::span(whole).first(step.is_vector ? 2 : 4);
    const std::string scaled = step.name + "/scaled";
    put(Node("Mul", scaled).input(name_of(step, 0)).input(numbers(step, "scale", shape, step.weights)));
    add_activated(step, "Add",
                  [&](Node& node) { node.input(scaled).input(numbers(step, "offset", shape, step.biases)); });
  }

  // By products with ones, so that every number meets its own divisor: not every reader stretches one over
  // all.
  void add_normalisation(const Step& step) {
    const std::size_t count = step.channel_count();
    const std::vector<float> ones(count, 1.0F);
    const std::string squares = step.name + "/squares";
    const std::string sum = step.name + "/sum";
    const std::string sums = step.name + "/sums";
    const std::string lengths = step.name + "/lengths";
    put(Node("Mul", squares).input(name_of(step, 0)).input(name_of(step, 0)));
    put(Node("Gemm", sum)
            .input(squares)
            .input(numbers(step, "row", std::array<std::size_t, 2>{1, count}, ones))
            .input(numbers(step, "least", std::array<std::size_t, 1>{1}, std::array{kLeastSquare}))
            .number("transB", 1));
    put(Node("Gemm", sums)
            .input(sum)
            .input(numbers(step, "column", std::array<std::size_t, 2>{count, 1}, ones))
            .input(numbers(step, "zeros", std::array{count}, std::vector<float>(count)))
            .number("transB", 1));
    put(Node("Sqrt", lengths).input(sums));
    put(Node("Div", step.name).input(name_of(step, 0)).input(lengths));
  }

  void add_pool(const Step& step) {
    if (!step.is_vector) {
      put(Node("GlobalAveragePool", step.name).input(name_of(step, 0)));
      return;
    }
    const std::string place = step.name + "/place";
    put(Node("GlobalAveragePool", place).input(name_of(step, 0)));
    put(Node("Flatten", step.name).input(place).number("axis", 1));
  }

  void add_dense(const Step& step) {
    const std::size_t count = step.channel_count();
    add_activated(step, "Gemm", [&](Node& node) {
      node.input(name_of(step, 0));
      node.input(numbers(step, "weight", std::array{count, step.weights.size() / count}, step.weights));
      node.input(numbers(step, "bias", std::array{count}, step.biases));
      node.number("transB", 1);
    });
  }

  // The operator, and its activation as operators behind it.
  template <typename Describe>
  void add_activated(const Step& step, const char* op, const Describe& describe) {
    const std::string before =
        step.activation == Activation::kLinear ? step.name : step.name + "/before_activation";
    Node node(op, before);
    describe(node);
    put(node);
    switch (step.activation) {
      case Activation::kLinear:
        return;
      case Activation::kRelu:
        return put(Node("Relu", step.name).input(before));
      case Activation::kRelu6:
        return put(Node("Clip", step.name).input(before).real("min", 0).real("max", 6));
      case Activation::kSigmoid:
        return put(Node("Sigmoid", step.name).input(before));
      case Activation::kHardSigmoid:
        return put(hard_sigmoid(step.name, before));
      case Activation::kHardSwish:
        put(hard_sigmoid(step.name + "/gate", before));
        return put(Node("Mul", step.name).input(before).input(step.name + "/gate"));
      case Activation::kSwish:
        put(Node("Sigmoid", step.name + "/gate").input(before));
        return put(Node("Mul", step.name).input(before).input(step.name + "/gate"));
    }
  }

  static Node hard_sigmoid(const std::string& name, const std::string& input) {
    return Node("HardSigmoid", name).input(input).real("alpha", 1.0F / 6).real("beta", 0.5F);
  }

  static Message dimension(std::size_t length) { return Message().number(1, length); }
  static Message any_count() { return Message().text(2, "N"); }

  // ValueInfoProto
  static Message value_info(std::string_view name, std::span<const Message> dimensions,
                            std::string_view denotation) {
    Message shape;
    for (const Message& length : dimensions) shape.message(1, length);
    Message type;
    type.message(1, Message().number(1, kFloat).message(2, shape));
    if (!denotation.empty()) type.text(6, denotation);
    return Message().text(1, name).message(2, type);
  }

  [[nodiscard]] Message picture_info() const {
    const std::size_t size = model_.input_size_px;
    return value_info(model_.steps.front().name,
                      std::array{any_count(), dimension(3), dimension(size), dimension(size)}, "IMAGE");
  }
  [[nodiscard]] Message probabilities_info() const {
    return value_info(model_.steps.back().name, std::array{any_count(), dimension(model_.labels.size())}, "");
  }

  const ExportedModel& model_;
  Message graph_;
  std::set<std::string> written_;
};

}  // namespace

Result<std::vector<std::uint8_t>> write_onnx(const ExportedModel& model, const ExportOptions& options) {
  OnnxWriter writer(model);
  if (const Status written = writer.write(); !written) return written.error();
  return writer.finish(options);
}

}  // namespace headstart
