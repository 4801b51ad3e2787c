#include "fine_tune/parameter.h"

#include <algorithm>
#include <utility>

#include "base/vec4.h"

namespace headstart {
namespace {

void zero(PaddedBuffer<float>& buffer) {
  std::fill(buffer.span().begin(), buffer.span().end(), 0.0F);
}

}  // namespace

std::size_t Parameter::element_count() const {
  std::size_t count = 1;
  for (const std::size_t side : shape) count *= side;
  return count;
}

Result<Parameter> make_parameter(std::string name, std::vector<std::size_t> shape, std::size_t depth,
                                 std::span<const float> values) {
  Parameter parameter;
  parameter.name = std::move(name);
  parameter.shape = std::move(shape);
  parameter.depth = depth;
  const std::size_t padded = (parameter.element_count() + kLanes - 1) / kLanes * kLanes;
  for (PaddedBuffer<float>* buffer : {&parameter.values, &parameter.start, &parameter.grad,
                                      &parameter.first_moment, &parameter.second_moment}) {
    Result<PaddedBuffer<float>> made = PaddedBuffer<float>::create(padded);
    if (!made) return made.error();
    *buffer = std::move(made).value();
  }
  if (!values.empty()) restart_parameter(parameter, values);
  return parameter;
}

void restart_parameter(Parameter& parameter, std::span<const float> values) {
  std::copy(values.begin(), values.end(), parameter.values.data());
  std::copy(values.begin(), values.end(), parameter.start.data());
  zero(parameter.grad);
  zero(parameter.first_moment);
  zero(parameter.second_moment);
}

void clear_gradients(std::span<Parameter> parameters) {
  for (Parameter& parameter : parameters) zero(parameter.grad);
}

std::vector<float> take_snapshot(std::span<const Parameter> parameters) {
  std::size_t count = 0;
  for (const Parameter& parameter : parameters) count += parameter.padded_count();
  std::vector<float> snapshot;
  snapshot.reserve(count);
  for (const Parameter& parameter : parameters) {
    snapshot.insert(snapshot.end(), parameter.values.span().begin(), parameter.values.span().end());
  }
  return snapshot;
}

void restore_snapshot(std::span<Parameter> parameters, std::span<const float> snapshot) {
  std::size_t offset = 0;
  for (Parameter& parameter : parameters) {
    std::copy_n(snapshot.data() + offset, parameter.padded_count(), parameter.values.data());
    offset += parameter.padded_count();
  }
}

}  // namespace headstart
