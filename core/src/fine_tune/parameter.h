// The weights that are trained, and what the optimiser remembers about them.
#pragma once

#include <cstddef>
#include <span>
#include <string>
#include <vector>

#include "headstart/buffer.h"
#include "headstart/status.h"

namespace headstart {

// One tensor under the name that it has in the backbone file ("blocks.16.expand.weight"). All buffers hold
// element_count() numbers, rounded up to whole vectors; what is past the end is and stays zero.
struct Parameter {
  std::string name;
  std::vector<std::size_t> shape;
  std::size_t depth = 0;  // how many trained groups of layers lie between it and the answer: the head's is 0
  PaddedBuffer<float> values;
  PaddedBuffer<float> start;  // where training began; decay pulls towards it (L2-SP)
  PaddedBuffer<float> grad;
  PaddedBuffer<float> first_moment;   // Adam's mean of gradients; SGD's momentum
  PaddedBuffer<float> second_moment;  // Adam's mean of squared gradients

  [[nodiscard]] std::size_t element_count() const;
  [[nodiscard]] std::size_t padded_count() const { return values.size(); }
  [[nodiscard]] std::size_t memory_bytes() const { return values.size_bytes() * 5; }

  // Without the padding. Valid as long as the parameter.
  [[nodiscard]] std::span<const float> elements() const { return values.span().first(element_count()); }
};

// A parameter with these values (or zeros where `values` is empty), not yet moved. out-of-memory.
Result<Parameter> make_parameter(std::string name, std::vector<std::size_t> shape, std::size_t depth,
                                 std::span<const float> values);

// Replaces the values, as if training had begun with them: what the optimiser remembers is forgotten.
void restart_parameter(Parameter& parameter, std::span<const float> values);

// Sets every gradient to zero.
void clear_gradients(std::span<Parameter> parameters);

// Copies of all values, one parameter after another, and back: how the best weights are kept.
[[nodiscard]] std::vector<float> take_snapshot(std::span<const Parameter> parameters);
void restore_snapshot(std::span<Parameter> parameters, std::span<const float> snapshot);

}  // namespace headstart
