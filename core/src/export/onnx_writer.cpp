// ONNX (https://github.com/onnx/onnx, onnx.proto3): opset 9 in IR 4, whose Clip has its limits as attributes,
// because OpenCV's reader wants that. Field numbers stand where they are written.
#include <algorithm>
#include <initializer_list>
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

// One operator under construction: what it makes, what it reads, how.
class Node {
 public:
  void begin(const char* op, const std::string& output) {
    message_ = Message();
    message_.text(2, output).text(3, output).text(4, op);
  }
  Node& input(const std::string& name) {
    message_.text(1, name);
    return *this;
  }
  Node& real(const char* name, float value) {
    return put(attribute(name, AttributeType::kFloat).real(2, value));
  }
  Node& number(const char* name, std::size_t value) {
    return put(attribute(name, AttributeType::kInt).number(3, value));
  }
  Node& text(const char* name, const char* value) {
    return put(attribute(name, AttributeType::kString).text(4, value));
  }
  Node& numbers(const char* name, std::initializer_list<std::size_t> values) {
    attribute(name, AttributeType::kInts);
    for (const std::size_t value : values) attribute_.number(8, value);
    return put(attribute_);
  }
  [[nodiscard]] const Message& message() const { return message_; }

 private:
  Message& attribute(const char* name, AttributeType type) {
    attribute_ = Message();
    return attribute_.text(1, name).number(20, static_cast<std::uint64_t>(type));
  }
  Node& put(const Message& attribute) {
    message_.message(5, attribute);
    return *this;
  }

  Message message_;
  Message attribute_;
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

  void write() {
    for (const Step& step : model_.steps) add(step);
    end_node();
  }

  std::vector<std::uint8_t> finish(const ExportOptions& options) {
    const std::string title = options.title.empty() ? model_.name : options.title;
    graph_.text(2, title).message(11, picture_info()).message(12, probabilities_info());
    Message model;
    model.number(1, kIrVersion).text(2, "Headstart").text(6, "Probabilities of " + title);
    model.message(7, graph_).message(8, Message().text(1, "").number(2, kOpset));
    const auto say = [&](const char* key, const std::string& value) {
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
  void add(const Step& step) {
    switch (step.kind) {
      case StepKind::kPicture:
        return;
      case StepKind::kMirror:
        return add_mirror(step);
      case StepKind::kConvolution:
      case StepKind::kDepthwise:
        return add_convolution(step);
      case StepKind::kAdd:
      case StepKind::kMultiply:
        return add_pair(step);
      case StepKind::kScale:
        return add_scale(step);
      case StepKind::kGlobalAveragePool:
        return add_pool(step);
      case StepKind::kAveragePool:
      case StepKind::kMaxPool:
        return add_window(step);
      case StepKind::kActivation:
        activated_node("Identity", step).input(name_of(step, 0));
        return activate(step);
      case StepKind::kConcatenate:
        node("Concat", step.name);
        for (std::size_t i = 0; i < step.inputs.size(); ++i) node_.input(name_of(step, i));
        node_.number("axis", 1);
        return;
      case StepKind::kDense:
        return add_dense(step);
      case StepKind::kSoftmax:
        node("Softmax", step.name).input(name_of(step, 0)).number("axis", 1);
        return;
      case StepKind::kSquareRoot:
        node("Sqrt", step.name).input(name_of(step, 0));
        return;
      case StepKind::kNormalise:
        return add_normalisation(step);
    }
  }

  [[nodiscard]] const std::string& name_of(const Step& step, std::size_t input) const {
    return model_.steps[step.inputs[input]].name;
  }

  // Begins an operator; the one before it is complete.
  Node& node(const char* op, const std::string& output) {
    end_node();
    node_.begin(op, output);
    return node_;
  }
  void end_node() {
    if (!node_.message().is_empty()) graph_.message(1, node_.message());
  }

  // The operator that makes what the step's activation is for; `activate` comes behind it.
  Node& activated_node(const char* op, const Step& step) { return node(op, before_activation(step)); }
  static std::string before_activation(const Step& step) {
    return step.activation == Activation::kLinear ? step.name : step.name + "/before_activation";
  }

  // The numbers of a layer, once for both looks.
  std::string numbers(const Step& step, const char* suffix, std::initializer_list<std::size_t> shape,
                      std::span<const float> values) {
    std::string name = step.layer + "." + suffix;
    if (std::ranges::find(written_, name) != written_.end()) return name;
    written_.push_back(name);
    Message tensor;
    for (const std::size_t length : shape) tensor.number(1, length);
    tensor.number(2, kFloat).text(8, name).bytes(9, bytes_of(values));
    graph_.message(5, tensor);
    return name;
  }

  // Columns change places by a product with the matrix that does so: every reader can do that.
  void add_mirror(const Step& step) {
    const std::size_t size = step.output.width;
    node("MatMul", step.name)
        .input(name_of(step, 0))
        .input(numbers(step, "exchange", {size, size}, exchange_matrix(size)));
  }

  void describe_window(const Step& step) {
    const MapShape& input = model_.input_of(step);
    const PaddedSide rows = pad_side(step.padding.kind, input.height, step.kernel_height, step.stride,
                                     step.padding.top, step.padding.bottom);
    const PaddedSide columns = pad_side(step.padding.kind, input.width, step.kernel_width, step.stride,
                                        step.padding.left, step.padding.right);
    node_.numbers("kernel_shape", {step.kernel_height, step.kernel_width});
    node_.numbers("strides", {step.stride, step.stride});
    node_.numbers("pads", {rows.before, columns.before, rows.after, columns.after});
  }

  void add_convolution(const Step& step) {
    const bool is_depthwise = step.kind == StepKind::kDepthwise;
    const std::size_t count = step.channel_count();
    const std::size_t groups = is_depthwise ? count : step.groups;
    const std::size_t inner = is_depthwise ? 1 : model_.input_of(step).channel_count / groups;
    const std::size_t places = step.kernel_height * step.kernel_width;
    const std::vector<float> turned = is_depthwise ? channels_first(step.weights, 1, places, count)
                                                   : channels_first(step.weights, count, places, inner);
    activated_node("Conv", step)
        .input(name_of(step, 0))
        .input(numbers(step, "weight", {count, inner, step.kernel_height, step.kernel_width}, turned))
        .input(numbers(step, "bias", {count}, step.biases));
    describe_window(step);
    node_.numbers("dilations", {1, 1}).number("group", groups);
    activate(step);
  }

  void add_window(const Step& step) {
    const bool is_mean = step.kind == StepKind::kAveragePool;
    activated_node(is_mean ? "AveragePool" : "MaxPool", step).input(name_of(step, 0));
    describe_window(step);
    if (is_mean) node_.number("count_include_pad", 0);
    activate(step);
  }

  // OpenCV 4.6 does not spread one number of each channel over a map's places: it is written out first.
  void add_pair(const Step& step) {
    std::string names[2];
    for (std::size_t i = 0; i < 2; ++i) {
      const MapShape& whole = model_.input_of(step, 1 - i);
      names[i] = name_of(step, i);
      if (step.is_vector || model_.input_of(step, i).place_count() >= whole.place_count()) continue;
      const float factors[] = {1, 1, static_cast<float>(whole.height), static_cast<float>(whole.width)};
      node("Upsample", step.name + "/spread")
          .input(names[i])
          .input(numbers(step, "places", {4}, factors))
          .text("mode", "nearest");
      names[i] = step.name + "/spread";
    }
    activated_node(step.kind == StepKind::kAdd ? "Add" : "Mul", step).input(names[0]).input(names[1]);
    activate(step);
  }

  void add_scale(const Step& step) {
    const std::string scaled = step.name + "/scaled";
    node("Mul", scaled).input(name_of(step, 0)).input(channel_numbers(step, "scale", step.weights));
    activated_node("Add", step).input(scaled).input(channel_numbers(step, "offset", step.biases));
    activate(step);
  }

  // One for each channel, as they are spread over places.
  std::string channel_numbers(const Step& step, const char* suffix, std::span<const float> values) {
    if (step.is_vector) return numbers(step, suffix, {1, values.size()}, values);
    return numbers(step, suffix, {1, values.size(), 1, 1}, values);
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
    node("Mul", squares).input(name_of(step, 0)).input(name_of(step, 0));
    node("Gemm", sum)
        .input(squares)
        .input(numbers(step, "row", {1, count}, ones))
        .input(numbers(step, "least", {1}, {&kLeastSquare, 1}))
        .number("transB", 1);
    node("Gemm", sums)
        .input(sum)
        .input(numbers(step, "column", {count, 1}, ones))
        .input(numbers(step, "zeros", {count}, std::vector<float>(count)))
        .number("transB", 1);
    node("Sqrt", lengths).input(sums);
    node("Div", step.name).input(name_of(step, 0)).input(lengths);
  }

  void add_pool(const Step& step) {
    const std::string place = step.is_vector ? step.name + "/place" : step.name;
    node("GlobalAveragePool", place).input(name_of(step, 0));
    if (step.is_vector) node("Flatten", step.name).input(place).number("axis", 1);
  }

  void add_dense(const Step& step) {
    const std::size_t count = step.channel_count();
    activated_node("Gemm", step)
        .input(name_of(step, 0))
        .input(numbers(step, "weight", {count, step.weights.size() / count}, step.weights))
        .input(numbers(step, "bias", {count}, step.biases))
        .number("transB", 1);
    activate(step);
  }

  // A step's activation, as operators behind its own.
  void activate(const Step& step) {
    const std::string before = before_activation(step);
    const std::string gate = step.name + "/gate";
    switch (step.activation) {
      case Activation::kLinear:
        return;
      case Activation::kRelu:
        node("Relu", step.name).input(before);
        return;
      case Activation::kRelu6:
        node("Clip", step.name).input(before).real("min", 0).real("max", 6);
        return;
      case Activation::kSigmoid:
        node("Sigmoid", step.name).input(before);
        return;
      case Activation::kHardSigmoid:
        return add_hard_sigmoid(step.name, before);
      case Activation::kHardSwish:
        add_hard_sigmoid(gate, before);
        break;
      case Activation::kSwish:
        node("Sigmoid", gate).input(before);
        break;
    }
    node("Mul", step.name).input(before).input(gate);
  }

  void add_hard_sigmoid(const std::string& name, const std::string& input) {
    node("HardSigmoid", name).input(input).real("alpha", 1.0F / 6).real("beta", 0.5F);
  }

  // ValueInfoProto of [N, …].
  static Message value_info(const std::string& name, std::initializer_list<std::size_t> lengths,
                            const char* denotation) {
    Message shape;
    shape.message(1, Message().text(2, "N"));
    for (const std::size_t length : lengths) shape.message(1, Message().number(1, length));
    Message type;
    type.message(1, Message().number(1, kFloat).message(2, shape));
    if (denotation != nullptr) type.text(6, denotation);
    return Message().text(1, name).message(2, type);
  }

  [[nodiscard]] Message picture_info() const {
    const std::size_t size = model_.input_size_px;
    return value_info(model_.steps.front().name, {3, size, size}, "IMAGE");
  }
  [[nodiscard]] Message probabilities_info() const {
    return value_info(model_.steps.back().name, {model_.labels.size()}, nullptr);
  }

  const ExportedModel& model_;
  Message graph_;
  Node node_;
  std::vector<std::string> written_;  // names of layers' numbers
};

}  // namespace

Result<std::vector<std::uint8_t>> write_onnx(const ExportedModel& model, const ExportOptions& options) {
  OnnxWriter writer(model);
  writer.write();
  return writer.finish(options);
}

}  // namespace headstart
