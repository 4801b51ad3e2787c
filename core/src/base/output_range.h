// What an operator's numbers are cut to on the way out, without a pass of its own.
#pragma once

#include <limits>

namespace headstart {

// By default nothing is cut; from 0 to 6 it is ReLU6.
struct OutputRange {
  float lowest = -std::numeric_limits<float>::infinity();
  float highest = std::numeric_limits<float>::infinity();
};

}  // namespace headstart
