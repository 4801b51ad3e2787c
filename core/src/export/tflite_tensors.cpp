#include "export/tflite_tensors.h"

#include <utility>

#include "files/float16.h"

namespace headstart {
namespace {

std::vector<std::uint8_t> halves_of(std::span<const float> values) {
  std::vector<std::uint8_t> bytes;
  bytes.reserve(values.size() * 2);
  for (const float value : values) append_u16(bytes, half_from_float(value));
  return bytes;
}

template <typename T>
std::vector<std::uint8_t> copied_bytes(std::span<const T> values) {
  const std::span<const std::uint8_t> bytes = bytes_of(values);
  return {bytes.begin(), bytes.end()};
}

std::vector<std::int32_t> shape_of(const Step& step, const MapShape& shape) {
  const auto count = static_cast<std::int32_t>(shape.channel_count);
  if (step.is_vector) return {1, count};
  return {1, static_cast<std::int32_t>(shape.height), static_cast<std::int32_t>(shape.width), count};
}

}  // namespace

std::optional<std::int32_t> TfliteTensors::kept(const std::string& name) const {
  for (const std::int32_t constant : constants_) {
    if (file_.tensors()[static_cast<std::size_t>(constant)].name == name) return constant;
  }
  return std::nullopt;
}

std::int32_t TfliteTensors::keep(TfliteTensor constant) {
  return constants_.emplace_back(file_.add_tensor(std::move(constant)));
}

// The picture and its mirror are in the numbers of the model's ends.
bool TfliteTensors::holds_whole(std::size_t step) const {
  if (quantised_ == nullptr) return false;
  if (quantised_->is_whole[step]) return true;
  const Step& other = model_.steps[step];
  return quantised_->ends == QuantisedEnds::kWhole && is_of_picture(model_.steps, other);
}

std::optional<TfliteScales> TfliteTensors::scales_of(std::size_t step) const {
  if (quantised_ == nullptr) return std::nullopt;
  const Scale8& scale = quantised_->scales[step];
  return TfliteScales{{scale.scale}, scale.zero_point};
}

std::int32_t TfliteTensors::input(const Step& step, std::size_t index) {
  const std::size_t from = step.inputs[index];
  const bool wanted = holds_whole(position_of(step));
  return holds_whole(from) == wanted ? tensors_[from] : converted(from, wanted);
}

std::int32_t TfliteTensors::converted(std::size_t from, bool to_whole) {
  if (converted_[from]) return *converted_[from];
  const Step& step = model_.steps[from];
  TfliteTensor tensor = {.name = step.name + (to_whole ? "/8-bit" : "/real"),
                         .shape = shape_of(step, step.output)};
  if (to_whole) {
    tensor.type = TfliteType::kInt8;
    tensor.scales = scales_of(from);
  }
  const std::int32_t result = file_.add_tensor(std::move(tensor));
  file_.add_op(to_whole ? TfliteOp::kQuantize : TfliteOp::kDequantize, to_whole ? 1 : 2, {tensors_[from]},
               result);
  converted_[from] = result;
  return result;
}

std::int32_t TfliteTensors::value(const Step& step, const char* suffix) {
  return value(step, suffix, step.output);
}

std::int32_t TfliteTensors::value(const Step& step, const char* suffix, const MapShape& shape) {
  TfliteTensor tensor = {.name = step.name + suffix, .shape = shape_of(step, shape)};
  if (holds_whole(position_of(step))) {
    tensor.type = TfliteType::kInt8;
    tensor.scales = scales_of(position_of(step));
  }
  return file_.add_tensor(std::move(tensor));
}

std::int32_t TfliteTensors::padded(const Step& step, const MapShape& shape) {
  TfliteTensor tensor = {.name = step.name + "/padded", .shape = shape_of(step, shape)};
  if (is_whole(step)) {
    tensor.type = TfliteType::kInt8;
    tensor.scales = scales_of(step.inputs.front());
  }
  return file_.add_tensor(std::move(tensor));
}

std::int32_t TfliteTensors::weights(const Step& step, const WholeNumbers& shape) {
  const std::string name = step.layer + ".weight";
  if (!is_whole(step)) {
    const bool is_half = quantised_ != nullptr && quantised_->ends == QuantisedEnds::kReal;
    return constant(name, shape, step.weights, is_half ? TfliteType::kFloat16 : constants_type_);
  }
  if (const auto tensor = kept(name)) return *tensor;
  const Weights8& weights = quantised_->weights_of(step);
  const std::int32_t dimension = step.kind == StepKind::kDepthwise ? 3 : 0;
  return keep({.name = name,
               .shape = shape.copy(),
               .type = TfliteType::kInt8,
               .scales = TfliteScales{weights.scales, 0, dimension},
               .bytes = copied_bytes(std::span<const std::int8_t>(weights.numbers))});
}

std::int32_t TfliteTensors::biases(const Step& step) {
  const auto count = static_cast<std::int32_t>(step.channel_count());
  const std::size_t position = position_of(step);
  if (!is_whole(step)) {
    // Those that make up for what a picture's bytes miss are of one look.
    if (quantised_ != nullptr && is_convolution(step))
      return numbers(step.name + ".bias", {count}, quantised_->steps[position].biases);
    return numbers(step.layer + ".bias", {count}, step.biases);
  }
  const float input_scale = quantised_->scales[step.inputs.front()].scale;
  TfliteScales scales;
  for (const float scale : quantised_->weights_of(step).scales) scales.scales.push_back(input_scale * scale);
  const std::span<const std::int32_t> values = quantised_->biases[position];
  return file_.add_tensor({.name = step.name + ".bias",
                           .shape = {count},
                           .type = TfliteType::kInt32,
                           .scales = std::move(scales),
                           .bytes = copied_bytes(values)});
}

std::int32_t TfliteTensors::numbers(const std::string& name, const WholeNumbers& shape,
                                    std::span<const float> values) {
  return constant(name, shape, values, constants_type_);
}

std::int32_t TfliteTensors::constant(const std::string& name, const WholeNumbers& shape,
                                     std::span<const float> values, TfliteType type) {
  if (const auto tensor = kept(name)) return *tensor;
  if (type != TfliteType::kFloat16)
    return keep({.name = name, .shape = shape.copy(), .bytes = copied_bytes(values)});
  const std::int32_t halves = file_.add_tensor({.name = name + "/half",
                                                .shape = shape.copy(),
                                                .type = TfliteType::kFloat16,
                                                .bytes = halves_of(values)});
  const std::int32_t tensor = keep({.name = name, .shape = shape.copy()});
  file_.add_op(TfliteOp::kDequantize, 3, {halves}, tensor);
  return tensor;
}

std::int32_t TfliteTensors::whole_numbers(const std::string& name, const WholeNumbers& shape,
                                          const WholeNumbers& values) {
  if (const auto tensor = kept(name)) return *tensor;
  return keep({.name = name,
               .shape = shape.copy(),
               .type = TfliteType::kInt32,
               .bytes = copied_bytes(std::span<const std::int32_t>(values))});
}

std::int32_t TfliteTensors::output() {
  const std::int32_t last = tensors_.back();
  if (quantised_ == nullptr || quantised_->ends == QuantisedEnds::kReal) return last;
  const Step& step = model_.steps.back();
  const std::int32_t result = file_.add_tensor({.name = step.name + "/8-bit",
                                                .shape = shape_of(step, step.output),
                                                .type = TfliteType::kInt8,
                                                .scales = TfliteScales{{1.0F / 256}, -128}});
  file_.add_op(TfliteOp::kQuantize, 1, {last}, result);
  return result;
}

}  // namespace headstart
