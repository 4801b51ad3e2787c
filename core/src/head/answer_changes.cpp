#include "headstart/answer_changes.h"

#include <algorithm>
#include <cmath>

namespace headstart {
namespace {

// An answer that leads by so much is clear.
constexpr float kClearLead = 0.2F;

std::size_t best_of(std::span<const float> probabilities) {
  return static_cast<std::size_t>(std::ranges::max_element(probabilities) - probabilities.begin());
}

bool is_clear(std::span<const float> probabilities) {
  const std::size_t best = best_of(probabilities);
  for (std::size_t i = 0; i < probabilities.size(); ++i) {
    if (i != best && probabilities[best] - probabilities[i] < kClearLead) return false;
  }
  return true;
}

}  // namespace

void AnswerChanges::add(std::span<const float> before, std::span<const float> after,
                        std::ptrdiff_t label_index) {
  double sum = 0;
  for (std::size_t i = 0; i < before.size(); ++i) {
    const auto difference = static_cast<double>(std::abs(before[i] - after[i]));
    sum += difference;
    largest_difference = std::max(largest_difference, difference);
  }
  ++picture_count;
  mean_difference +=
      (sum / static_cast<double>(before.size()) - mean_difference) / static_cast<double>(picture_count);
  const std::size_t said_before = best_of(before);
  const std::size_t said_after = best_of(after);
  if (said_before != said_after && is_clear(before)) ++lost_count;
  if (label_index < 0) return;
  ++known_count;
  if (said_before == static_cast<std::size_t>(label_index)) ++right_before_count;
  if (said_after == static_cast<std::size_t>(label_index)) ++right_after_count;
}

}  // namespace headstart
