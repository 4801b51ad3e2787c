// The pictures that are held out, as the measure of what a head says of them.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

#include "headstart/metrics.h"

namespace headstart {

// All logits are [count(), class_count], row by row in the order of the pictures.
class HeldOut {
 public:
  HeldOut(std::vector<std::uint32_t> classes, std::size_t class_count)
      : classes_(std::move(classes)), class_count_(class_count) {}

  [[nodiscard]] std::size_t count() const { return classes_.size(); }

  // Natural logarithm, class-balanced, at the logits' best temperature, which the result gets too: a network
  // that has learnt its pictures by heart is too sure of itself long before it is wrong more often.
  [[nodiscard]] double loss(std::span<const float> logits) const;
  [[nodiscard]] double temperature(std::span<const float> logits) const;
  // Whether `one` is surer than `other`, each at its best temperature, by more than chance would have it: the
  // mean of the differences picture by picture lies further from zero than its standard error.
  [[nodiscard]] bool is_surer(std::span<const float> one, std::span<const float> other) const;
  [[nodiscard]] Metrics metrics(std::span<const float> logits) const;
  [[nodiscard]] std::vector<std::uint32_t> predictions(std::span<const float> logits) const;

 private:
  [[nodiscard]] std::vector<float> tempered(
      std::span<const float> logits) const;                                       // at their best temperature
  [[nodiscard]] std::vector<double> losses(std::span<const float> logits) const;  // picture by picture

  std::vector<std::uint32_t> classes_;
  std::size_t class_count_;
};

}  // namespace headstart
