// Classes as clouds around their means: Mahalanobis distances, from sums.
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

// What the sums say of pictures whose classes all have some.
struct ClassMoments {
  std::vector<double> mean;    // [dimension_count], of all pictures
  std::vector<double> means;   // [class_count, dimension_count], less `mean`
  std::vector<double> within;  // [dimension_count, dimension_count], lower triangle: scatter around the means
  std::vector<double> total;   // … around the mean
  double mean_within = 0;      // variance of a feature, those outside the span included
  double mean_total = 0;

  // False where all pictures of a class are alike: then nothing says how far apart is far.
  [[nodiscard]] bool classes_vary() const { return mean_within > 1e-12 * mean_total; }
};

// `feature_count` is that of the whole space.
[[nodiscard]] ClassMoments class_moments(const ScatterSums& sums, std::size_t feature_count);

// Cholesky's factor of `matrix` [size, size], lower triangle, with `ridge` on its diagonal.
[[nodiscard]] std::vector<float> factorised(const std::vector<double>& matrix, std::size_t size,
                                            double ridge);

class ClassScatter {
 public:
  // `feature_count` is that of the whole space. Nothing where a class has no picture or all are alike.
  static std::optional<ClassScatter> create(const ScatterSums& sums, std::size_t feature_count);

  // What known.h calls nearness, of a picture at `coordinates` [dimension_count] with `rest` outside;
  // `is_counted` [class_count] or empty. Not to be called from two threads at once.
  double nearness(std::span<const float> coordinates, double rest, std::span<const std::uint8_t> is_counted);

  [[nodiscard]] std::size_t memory_bytes() const;

 private:
  ClassScatter() = default;

  std::size_t dimension_count_ = 0;
  std::size_t class_count_ = 0;
  // Of the pictures summed: were it that of others too, each of those would lie nearer to it than a new one.
  std::vector<float> mean_;          // [dimension_count]
  std::vector<float> within_;        // Cholesky factor of S + ridge, lower triangle
  std::vector<float> total_;         // … of T + ridge
  std::vector<float> means_within_;  // [class_count, dimension_count]: within_^-1 (mu_c - mean_)
  double rest_weight_ = 0;           // of what lies outside the span, in the nearness
  std::vector<float> scratch_;
};

}  // namespace headstart
