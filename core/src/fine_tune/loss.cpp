#include "fine_tune/loss.h"

#include <algorithm>

#include "base/softmax.h"

namespace headstart {

double cross_entropy(std::span<const float> logits, std::span<const std::uint32_t> class_indices,
                     std::span<const float> class_weights, float grad_scale, std::span<float> grad_logits) {
  const std::size_t class_count = class_weights.size();
  double loss = 0;
  for (std::size_t row = 0; row < class_indices.size(); ++row) {
    const std::span<const float> scores = logits.subspan(row * class_count, class_count);
    const std::size_t truth = class_indices[row];
    const double largest = static_cast<double>(*std::max_element(scores.begin(), scores.end()));
    double sum = 0;
    for (const float score : scores) sum += exponential(static_cast<double>(score) - largest);
    const double weight = static_cast<double>(class_weights[truth]);
    loss += weight * (logarithm(sum) + largest - static_cast<double>(scores[truth]));
    if (grad_logits.empty()) continue;
    // grad_logits = weight (softmax(logits) - one_hot(truth)) grad_scale.
    for (std::size_t c = 0; c < class_count; ++c) {
      const double probability = exponential(static_cast<double>(scores[c]) - largest) / sum;
      const double difference = probability - (c == truth ? 1.0 : 0.0);
      grad_logits[row * class_count + c] = static_cast<float>(weight * difference) * grad_scale;
    }
  }
  return loss;
}

}  // namespace headstart
