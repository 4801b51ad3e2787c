// Whether a head can answer: its numbers, before they are put to work.
#include <algorithm>
#include <cmath>
#include <limits>
#include <string>

#include "headstart/head.h"

namespace headstart {
namespace {

// No pooled map of a network that works comes near it.
constexpr double kLargestFeature = 1e6;

// The largest that a row of `weights` can come to where no input is beyond `largest`.
double largest_output(std::span<const float> weights, std::span<const float> biases, double largest) {
  const std::size_t width = biases.empty() ? 0 : weights.size() / biases.size();
  double most = 0;
  for (std::size_t row = 0; row < biases.size(); ++row) {
    double sum = std::abs(static_cast<double>(biases[row]));
    for (const float weight : weights.subspan(row * width, width))
      sum += std::abs(static_cast<double>(weight)) * largest;
    if (!(sum <= most)) most = sum;  // what is no number stays
  }
  return most;
}

}  // namespace

Status check_head_numbers(const Head& head) {
  double largest = head.transform == FeatureTransform::kNone ? kLargestFeature : 1;
  if (!head.hidden_biases.empty()) largest = largest_output(head.hidden_weights, head.hidden_biases, largest);
  largest = largest_output(head.weights, head.biases, largest);
  // The logits are float32.
  if (!(largest <= static_cast<double>(std::numeric_limits<float>::max()))) {
    return bad_file("the weights of this head are so large that its answers would not be numbers");
  }
  for (const ChangedTensor& tensor : head.tensors) {
    if (!std::ranges::all_of(tensor.values, [](float value) { return std::isfinite(value); }))
      return bad_file("the tensor \"" + tensor.name + "\" of this head is not finite");
  }
  return {};
}

}  // namespace headstart
