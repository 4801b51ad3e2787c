// Classes as clouds around their means: Fisher's discriminants and Mahalanobis distances, from sums.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <vector>

#include "advice/row_space.h"

namespace headstart {

// Sums over pictures in the coordinates of a RowSpace, from which a model is made; sums over some of the
// pictures can be taken away from those over all.
struct ScatterSums {
  ScatterSums(std::size_t dimension_count, std::size_t class_count);
  void add(std::span<const float> coordinates, double rest, std::size_t class_index);
  void add(const ScatterSums& others) { combine(others, 1); }
  void take_away(const ScatterSums& others) { combine(others, -1); }

  std::vector<double> squares;      // [dimension_count, dimension_count]: sum of u u', lower triangle
  std::vector<double> class_sums;   // [class_count, dimension_count]
  std::vector<double> class_sizes;  // [class_count]
  double rest = 0;
  double count = 0;

 private:
  void combine(const ScatterSums& others, double sign);
};

// What known.h calls discriminant and nearness.
struct Signs {
  double discriminant = 0;
  double nearness = 0;
};

class ClassScatter {
 public:
  // `feature_count` is that of the whole space. Nothing where a class has no picture or all are alike.
  static std::optional<ClassScatter> create(const ScatterSums& sums, std::size_t feature_count);

  // Of a picture at `coordinates` [dimension_count] with `rest` outside; `is_counted` [class_count] or empty.
  // Not to be called from two threads at once.
  Signs judge(std::span<const float> coordinates, double rest, std::span<const std::uint8_t> is_counted);

  [[nodiscard]] std::size_t memory_bytes() const;

 private:
  ClassScatter() = default;

  std::size_t dimension_count_ = 0;
  std::size_t class_count_ = 0;
  std::vector<float> directions_;    // [class_count, dimension_count]: A mu_c
  std::vector<double> offsets_;      // [class_count]: mu_c' A mu_c
  std::vector<float> within_;        // Cholesky factor of S + ridge, lower triangle
  std::vector<float> total_;         // … of T + ridge
  std::vector<float> means_within_;  // [class_count, dimension_count]: within_^-1 mu_c
  double rest_weight_ = 0;           // of what lies outside the span, in the nearness
  std::vector<float> scratch_;
};

}  // namespace headstart
