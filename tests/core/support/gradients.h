// Backward passes against finite differences.
#pragma once

#include <doctest/doctest.h>

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <functional>
#include <vector>

#include "fine_tune/trained_network.h"

namespace headstart::test {

// `value` runs the network forwards and gives the sum whose gradient backward() has just left in the
// parameters. Each is moved along its own gradient, where the difference is largest.
inline void check_gradients(TrainedNetwork& network, const std::function<double(TrainedNetwork&)>& value) {
  for (Parameter& parameter : network.parameters()) {
    CAPTURE(parameter.name);
    const std::vector<float> start(parameter.elements().begin(), parameter.elements().end());
    double squares = 0;
    for (std::size_t i = 0; i < start.size(); ++i) {
      squares += std::pow(static_cast<double>(parameter.grad.data()[i]), 2);
    }
    REQUIRE(squares > 0);
    const double step = 2e-3 / std::sqrt(squares);
    const auto moved = [&](double along) {
      for (std::size_t i = 0; i < start.size(); ++i) {
        parameter.values.data()[i] = start[i] + static_cast<float>(along) * parameter.grad.data()[i];
      }
      const double sum = value(network);
      std::copy(start.begin(), start.end(), parameter.values.data());
      return sum;
    };
    const double slope = (moved(step) - moved(-step)) / (2 * step);
    CHECK(slope == doctest::Approx(squares).epsilon(0.02));
  }
}

}  // namespace headstart::test
