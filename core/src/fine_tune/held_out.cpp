#include "fine_tune/held_out.h"

#include <algorithm>
#include <cmath>

#include "fine_tune/loss.h"

namespace headstart {

std::vector<float> HeldOut::tempered(std::span<const float> logits) const {
  const double divisor = temperature(logits);
  std::vector<float> rows(logits.begin(), logits.end());
  for (float& logit : rows) logit = static_cast<float>(static_cast<double>(logit) / divisor);
  return rows;
}

double HeldOut::loss(std::span<const float> logits) const {
  // Every class counts the same: the mean over classes of the mean over its pictures.
  std::vector<double> counts(class_count_);
  for (const std::uint32_t index : classes_) ++counts[index];
  std::vector<float> weights;
  for (const double count : counts) {
    weights.push_back(static_cast<float>(1.0 / (count * static_cast<double>(class_count_))));
  }
  return cross_entropy(tempered(logits), classes_, weights, 0.0F, {});
}

double HeldOut::temperature(std::span<const float> logits) const {
  return fit_temperature(logits, classes_, class_count_);
}

std::vector<double> HeldOut::losses(std::span<const float> logits) const {
  const std::vector<float> rows = tempered(logits);
  std::vector<double> all;
  for (std::size_t i = 0; i < classes_.size(); ++i) {
    const std::span<const float> row = std::span(rows).subspan(i * class_count_, class_count_);
    all.push_back(measure(row, std::span(classes_).subspan(i, 1), class_count_).log_loss);
  }
  return all;
}

bool HeldOut::is_surer(std::span<const float> one, std::span<const float> other) const {
  const std::vector<double> ones = losses(one);
  const std::vector<double> others = losses(other);
  const auto count = static_cast<double>(ones.size());
  double mean = 0;
  for (std::size_t i = 0; i < ones.size(); ++i) mean += (others[i] - ones[i]) / count;
  double square = 0;
  for (std::size_t i = 0; i < ones.size(); ++i) square += std::pow(others[i] - ones[i] - mean, 2) / count;
  return mean > std::sqrt(square / count);
}

Metrics HeldOut::metrics(std::span<const float> logits) const {
  return measure(logits, classes_, class_count_);
}

std::vector<std::uint32_t> HeldOut::predictions(std::span<const float> logits) const {
  std::vector<std::uint32_t> classes;
  for (std::size_t i = 0; i < logits.size(); i += class_count_) {
    const auto row = logits.subspan(i, class_count_);
    classes.push_back(static_cast<std::uint32_t>(std::ranges::max_element(row) - row.begin()));
  }
  return classes;
}

}  // namespace headstart
