// Activations that are a clamp and nothing else.
#pragma once

#include "base/output_range.h"
#include "network/network.h"

namespace headstart {

// What the operator before it can do on the way, without a pass of its own.
inline bool is_clamp(Activation activation) {
  return activation == Activation::kLinear || activation == Activation::kRelu ||
         activation == Activation::kRelu6;
}

inline OutputRange range_of(Activation activation) {
  if (activation == Activation::kRelu) return {.lowest = 0.0F};
  return activation == Activation::kRelu6 ? OutputRange{0.0F, 6.0F} : OutputRange{};
}

}  // namespace headstart
