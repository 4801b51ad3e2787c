// TensorFlow Lite: its numbers as float32, as float16 that is widened when loaded, or the maps in 8 bits.
#include <cmath>
#include <initializer_list>

#include "export/tflite_arena.h"
#include "export/tflite_tensors.h"
#include "export/writers.h"

namespace headstart {
namespace {

// ActivationFunctionType
std::int8_t fused_activation_of(Activation activation) {
  switch (activation) {
    case Activation::kRelu:
      return 1;
    case Activation::kRelu6:
      return 3;
    default:
      return 0;  // the others are operators behind
  }
}

bool is_fused(Activation activation) {
  return activation == Activation::kLinear || fused_activation_of(activation) != 0;
}

constexpr std::int8_t kValid = 1;  // Padding; SAME is 0 and the default

// So that a map of zeros stays one, in half precision too.
constexpr float kLeastMeanSquare = 1e-7F;

class TfliteWriter {
 public:
  TfliteWriter(const ExportedModel& model, TfliteType constants, const QuantisedModel* quantised)
      : model_(model), tensors_(model, constants, quantised) {}

  void write() {
    for (const Step& step : model_.steps) add(step);
  }

  std::vector<std::uint8_t> finish(const ExportOptions& options) {
    const Normalisation& normalisation = model_.normalisation;
    const std::int32_t output = tensors_.output();
    return file().finish(tensors_.of(0), output,
                         {.name = options.title.empty() ? model_.name : options.title,
                          .license = model_.license,
                          .labels = model_.labels,
                          .mean = -normalisation.offset / normalisation.scale,
                          .deviation = 1 / normalisation.scale});
  }

  [[nodiscard]] std::size_t arena_bytes() const { return tflite_arena_bytes(tensors_.file()); }

 private:
  void add(const Step& step) {
    switch (step.kind) {
      case StepKind::kPicture:
        return tensors_.give(tensors_.value(step));
      case StepKind::kMirror:
        return add_mirror(step);
      case StepKind::kConvolution:
      case StepKind::kDepthwise:
        return add_convolution(step);
      case StepKind::kAdd:
        return put(step, TfliteOp::kAdd, version(step, 2), {tensors_.input(step, 0), tensors_.input(step, 1)},
                   TfliteOptions::kAdd, {fused(step)});
      case StepKind::kMultiply:
        return put(step, TfliteOp::kMul, version(step, 2), {tensors_.input(step, 0), tensors_.input(step, 1)},
                   TfliteOptions::kMul, {fused(step)});
      case StepKind::kScale:
        return add_scale(step);
      case StepKind::kGlobalAveragePool:
        return add_mean(step);
      case StepKind::kAveragePool:
      case StepKind::kMaxPool:
        return add_window(step);
      case StepKind::kActivation:
        return tensors_.give(activated(step, tensors_.input(step, 0)));
      case StepKind::kConcatenate:
        return add_concatenation(step);
      case StepKind::kDense:
        return add_dense(step);
      case StepKind::kSquareRoot:
        return put(step, TfliteOp::kSqrt, 1, {tensors_.input(step, 0)});
      case StepKind::kNormalise:
        return add_normalisation(step);
      case StepKind::kSoftmax:
        return put(step, TfliteOp::kSoftmax, 1, {tensors_.input(step, 0)}, TfliteOptions::kSoftmax,
                   {FlatNumber::real(0, 1)});
    }
  }

  TfliteFile& file() { return tensors_.file(); }

  // An operator's version where it computes in whole numbers, and where not.
  std::int32_t version(const Step& step, std::int32_t whole) const {
    return tensors_.is_whole(step) ? whole : 1;
  }

  static FlatNumber fused(const Step& step) {
    return FlatNumber::byte(0, fused_activation_of(step.activation));
  }

  // The operator, and behind it an activation that it cannot have inside.
  void put(const Step& step, TfliteOp op, std::int32_t version, const WholeNumbers& inputs,
           TfliteOptions kind = TfliteOptions::kNone, std::initializer_list<FlatNumber> options = {}) {
    const bool is_inside = is_fused(step.activation) || (tensors_.is_whole(step) && has_gate_inside(step));
    const std::int32_t result = tensors_.value(step, is_inside ? "" : "/before_activation");
    file().add_op(op, version, inputs, result, kind, options);
    tensors_.give(is_inside ? result : activated(step, result));
  }

  // A number for all to meet.
  std::int32_t number(const std::string& name, float value) {
    return tensors_.numbers(name, {1}, {&value, 1});
  }

  std::int32_t activated(const Step& step, std::int32_t x) {
    if (step.activation == Activation::kLinear) return x;
    const std::int32_t result = tensors_.value(step);
    switch (step.activation) {
      case Activation::kRelu:
        file().add_op(TfliteOp::kRelu, 1, {x}, result);
        break;
      case Activation::kRelu6:
        file().add_op(TfliteOp::kRelu6, 1, {x}, result);
        break;
      case Activation::kSigmoid:
        file().add_op(TfliteOp::kLogistic, version(step, 2), {x}, result);
        break;
      case Activation::kHardSwish:
        file().add_op(TfliteOp::kHardSwish, 1, {x}, result);
        break;
      case Activation::kHardSigmoid: {
        const std::int32_t shifted = tensors_.value(step, "/plus_3");
        file().add_op(TfliteOp::kAdd, 1, {x, number("three", 3)}, shifted, TfliteOptions::kAdd,
                      {FlatNumber::byte(0, fused_activation_of(Activation::kRelu6))});
        file().add_op(TfliteOp::kMul, 1, {shifted, number("sixth", 1.0F / 6)}, result, TfliteOptions::kMul);
        break;
      }
      case Activation::kSwish: {
        const std::int32_t gate = tensors_.value(step, "/gate");
        file().add_op(TfliteOp::kLogistic, 1, {x}, gate);
        file().add_op(TfliteOp::kMul, 1, {x, gate}, result, TfliteOptions::kMul);
        break;
      }
      case Activation::kLinear:
        break;
    }
    return result;
  }

  // Columns in the other order. REVERSE_V2 says that, but MediaPipe's GPU delegate divides by zero over it:
  // there columns take the place of colours, a 1x1 convolution exchanges them, and they go back. Boards,
  // which take whole numbers, have no such delegate and little room.
  void add_mirror(const Step& step) {
    const std::int32_t x = tensors_.input(step, 0);
    if (file().tensors()[static_cast<std::size_t>(x)].type == TfliteType::kInt8)
      return put(step, TfliteOp::kReverse, 1, {x, tensors_.whole_numbers("columns", {1}, {2})});
    const std::size_t width = step.output.width;
    const MapShape turned = {step.output.height, step.channel_count(), width};
    const std::int32_t order = tensors_.whole_numbers("columns_as_colours", {4}, {0, 1, 3, 2});
    const std::int32_t columns = tensors_.value(step, "/columns", turned);
    file().add_op(TfliteOp::kTranspose, 1, {x, order}, columns, TfliteOptions::kTranspose);
    const auto count = static_cast<std::int32_t>(width);
    const std::int32_t exchanged = tensors_.value(step, "/exchanged", turned);
    file().add_op(TfliteOp::kConvolution, 1,
                  {columns, tensors_.numbers("exchange", {count, 1, 1, count}, exchange_matrix(width)),
                   tensors_.numbers("nothing", {count}, std::vector<float>(width))},
                  exchanged, TfliteOptions::kConvolution,
                  {FlatNumber::byte(0, kValid), FlatNumber::whole(1, 1), FlatNumber::whole(2, 1)});
    put(step, TfliteOp::kTranspose, 1, {exchanged, order}, TfliteOptions::kTranspose);
  }

  // Zeros around the map, where the layer wants others than SAME puts there.
  std::int32_t padded(const Step& step, std::int8_t& padding) {
    const Padding& zeros = step.padding;
    if (zeros.kind == PaddingKind::kTfSame) return tensors_.input(step, 0);
    padding = kValid;
    if (zeros.top + zeros.bottom + zeros.left + zeros.right == 0) return tensors_.input(step, 0);
    MapShape shape = model_.input_of(step);
    shape.height += zeros.top + zeros.bottom;
    shape.width += zeros.left + zeros.right;
    const std::int32_t result = tensors_.padded(step, shape);
    const auto whole = [](std::size_t count) { return static_cast<std::int32_t>(count); };
    const std::int32_t table = tensors_.whole_numbers(
        step.layer + "/padding", {4, 2},
        {0, 0, whole(zeros.top), whole(zeros.bottom), whole(zeros.left), whole(zeros.right), 0, 0});
    file().add_op(TfliteOp::kPad, version(step, 2), {tensors_.input(step, 0), table}, result);
    return result;
  }

  void add_convolution(const Step& step) {
    std::int8_t padding = 0;
    const std::int32_t from = padded(step, padding);
    const bool is_depthwise = step.kind == StepKind::kDepthwise;
    const auto count = static_cast<std::int32_t>(step.channel_count());
    const auto input_count = static_cast<std::int32_t>(model_.input_of(step).channel_count);
    const std::int32_t weights = tensors_.weights(
        step, {is_depthwise ? 1 : count, static_cast<std::int32_t>(step.kernel_height),
               static_cast<std::int32_t>(step.kernel_width), is_depthwise ? count : input_count});
    const FlatNumber sides = FlatNumber::byte(0, padding);
    const FlatNumber down = FlatNumber::whole(1, step.stride);
    const FlatNumber along = FlatNumber::whole(2, step.stride);
    const auto activation = fused_activation_of(step.activation);
    const std::int32_t biases = tensors_.biases(step);
    if (is_depthwise) {
      return put(step, TfliteOp::kDepthwise, version(step, 3), {from, weights, biases},
                 TfliteOptions::kDepthwise,
                 {sides, down, along, FlatNumber::whole(3, 1), FlatNumber::byte(4, activation)});
    }
    put(step, TfliteOp::kConvolution, version(step, 3), {from, weights, biases}, TfliteOptions::kConvolution,
        {sides, down, along, FlatNumber::byte(3, activation)});
  }

  // Pools leave out what lies outside the map, which zeros around it would not.
  void add_window(const Step& step) {
    put(step, step.kind == StepKind::kMaxPool ? TfliteOp::kMaxPool : TfliteOp::kAveragePool, version(step, 2),
        {tensors_.input(step, 0)}, TfliteOptions::kPool,
        {FlatNumber::byte(0, step.padding.kind == PaddingKind::kTfSame ? 0 : kValid),
         FlatNumber::whole(1, step.stride), FlatNumber::whole(2, step.stride),
         FlatNumber::whole(3, step.kernel_width), FlatNumber::whole(4, step.kernel_height),
         FlatNumber::byte(5, fused_activation_of(step.activation))});
  }

  void add_mean(const Step& step) {
    const std::int32_t from = tensors_.input(step, 0);
    const std::int32_t places = tensors_.whole_numbers("places", {2}, {1, 2});
    if (step.is_vector)
      return put(step, TfliteOp::kMean, version(step, 2), {from, places}, TfliteOptions::kReducer);
    put(step, TfliteOp::kMean, version(step, 2), {from, places}, TfliteOptions::kReducer,
        {FlatNumber::byte(0, 1)});
  }

  // The picture's scaling is the metadata's: programs that read it do that themselves.
  void add_scale(const Step& step) {
    if (model_.steps[step.inputs.front()].kind == StepKind::kPicture)
      return tensors_.give(tensors_.input(step, 0));
    const auto count = static_cast<std::int32_t>(step.channel_count());
    const std::int32_t scaled = tensors_.value(step, "/scaled");
    file().add_op(TfliteOp::kMul, 1,
                  {tensors_.input(step, 0), tensors_.numbers(step.layer + ".weight", {count}, step.weights)},
                  scaled, TfliteOptions::kMul);
    put(step, TfliteOp::kAdd, version(step, 2), {scaled, tensors_.biases(step)}, TfliteOptions::kAdd,
        {fused(step)});
  }

  // L2_NORMALIZATION would say it all, but divides by zero in the GPU delegate of MediaPipe. The mean of the
  // squares instead of their sum stays within what half precision holds there.
  void add_normalisation(const Step& step) {
    const auto count = static_cast<std::int32_t>(step.channel_count());
    const auto size = static_cast<float>(count);
    const std::string of_size = "/" + std::to_string(count);
    const MapShape single = {1, 1, 1};
    const std::int32_t x = tensors_.input(step, 0);
    const std::int32_t squares = tensors_.value(step, "/squares");
    file().add_op(TfliteOp::kMul, 1, {x, x}, squares, TfliteOptions::kMul);
    const std::int32_t mean = tensors_.value(step, "/mean_square", single);
    const std::vector<float> shares(step.channel_count(), 1 / size);
    file().add_op(TfliteOp::kFullyConnected, 1,
                  {squares, tensors_.numbers("mean" + of_size, {1, count}, shares),
                   number("least_square", kLeastMeanSquare)},
                  mean, TfliteOptions::kFullyConnected);
    const std::int32_t inverse = tensors_.value(step, "/inverse", single);
    file().add_op(TfliteOp::kRsqrt, 1, {mean}, inverse);
    const std::int32_t evened = tensors_.value(step, "/evened");
    file().add_op(TfliteOp::kMul, 1, {x, inverse}, evened, TfliteOptions::kMul);
    put(step, TfliteOp::kMul, 1, {evened, number("length" + of_size, 1 / std::sqrt(size))},
        TfliteOptions::kMul);
  }

  void add_concatenation(const Step& step) {
    std::vector<std::int32_t> inputs;
    for (std::size_t i = 0; i < step.inputs.size(); ++i) inputs.push_back(tensors_.input(step, i));
    put(step, TfliteOp::kConcatenation, version(step, 2), inputs, TfliteOptions::kConcatenation,
        {FlatNumber::whole(0, step.is_vector ? 1 : 3)});
  }

  void add_dense(const Step& step) {
    const auto count = static_cast<std::int32_t>(step.channel_count());
    const auto input_count = static_cast<std::int32_t>(step.weights.size() / step.channel_count());
    put(step, TfliteOp::kFullyConnected, 1,
        {tensors_.input(step, 0),
         tensors_.numbers(step.layer + ".weight", {count, input_count}, step.weights), tensors_.biases(step)},
        TfliteOptions::kFullyConnected, {fused(step)});
  }

  const ExportedModel& model_;
  TfliteTensors tensors_;
};

Result<std::vector<std::uint8_t>> write_with(const ExportedModel& model, const ExportOptions& options,
                                             TfliteType constants, const QuantisedModel* quantised = nullptr,
                                             std::size_t* arena_bytes = nullptr) {
  TfliteWriter writer(model, constants, quantised);
  writer.write();
  std::vector<std::uint8_t> file = writer.finish(options);
  if (arena_bytes != nullptr) *arena_bytes = writer.arena_bytes();
  return file;
}

}  // namespace

Result<std::vector<std::uint8_t>> write_tflite(const ExportedModel& model, const ExportOptions& options) {
  return write_with(model, options, TfliteType::kFloat32);
}

Result<std::vector<std::uint8_t>> write_tflite_float16(const ExportedModel& model,
                                                       const ExportOptions& options) {
  return write_with(model, options, TfliteType::kFloat16);
}

Result<std::vector<std::uint8_t>> write_tflite_quantised(const ExportedModel& model,
                                                         const QuantisedModel& quantised,
                                                         const ExportOptions& options,
                                                         std::size_t* arena_bytes) {
  return write_with(model, options, TfliteType::kFloat32, &quantised, arena_bytes);
}

}  // namespace headstart
