// With u a picture's coordinates in the span of all (RowSpace: around their mean), S the scatter within
// classes of the pictures that a fit sees, a = 10 tr S / d, L L' = S + a I (Cholesky) and mu_c the classes'
// means less the mean, the discriminants are
//   z = L^-1 u,   B = [sqrt(n_c / n) z(mu_c)] by classes c,   the axes T = B' e / |B' e|
// for the eigenvectors e of B B' with the largest eigenvalues (Fisher 1936; Rao 1948). Without part f of the
// pictures there are L_f and B_f, and each of that part is drawn at Q' L_f^-1 u, where Q are the orthonormal
// axes by which the classes' means lie nearest to where they lie by T (Procrustes; Schönemann 1966):
//   P = B_f' B T,   Q = P (P' P)^-1/2.
#include "headstart/picture_map.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <numeric>
#include <string>
#include <utility>

#include "advice/class_scatter.h"
#include "advice/near_twins.h"
#include "advice/row_space.h"
#include "base/cholesky.h"
#include "base/dot.h"
#include "base/tridiagonal.h"
#include "samples/folds.h"

namespace headstart {
namespace {

constexpr double kRidge = 10;
constexpr std::size_t kFoldCount = 5;
constexpr std::uint64_t kSeed = 1;

using Matrix = std::vector<double>;

// The `count` eigenvectors [count, size] of a symmetric matrix [size, size] with the largest eigenvalues, and
// those.
struct Eigenvectors {
  Matrix vectors;
  std::vector<double> values;
};

Eigenvectors largest(Matrix matrix, std::size_t size, std::size_t count) {
  Matrix turned(size * size);
  for (std::size_t i = 0; i < size; ++i) turned[i * size + i] = 1;
  std::vector<double> values(size);
  Eigenvectors found;
  if (!diagonalise(matrix, size, values, turned, size)) return found;
  std::vector<std::size_t> order(size);
  std::iota(order.begin(), order.end(), std::size_t{0});
  std::ranges::sort(order, [&](std::size_t a, std::size_t b) {
    return values[a] != values[b] ? values[a] > values[b] : a < b;
  });
  for (std::size_t k = 0; k < std::min(count, size); ++k) {
    found.values.push_back(values[order[k]]);
    for (std::size_t i = 0; i < size; ++i) found.vectors.push_back(turned[i * size + order[k]]);
  }
  return found;
}

// Discriminants of some of the pictures.
class Discriminants {
 public:
  Discriminants(const ScatterSums& sums, std::size_t feature_count)
      : moments_(class_moments(sums, feature_count)), size_(moments_.mean.size()) {
    if (!moments_.classes_vary()) return;
    factor_ = factorised(moments_.within, size_, kRidge * moments_.mean_within);
    for (std::size_t c = 0; c < sums.class_sizes.size(); ++c) {
      const auto from = moments_.means.begin() + static_cast<std::ptrdiff_t>(c * size_);
      std::vector<float> mean(from, from + static_cast<std::ptrdiff_t>(size_));
      solve_lower(factor_.data(), size_, mean.data());
      const double weight = std::sqrt(sums.class_sizes[c] / sums.count);
      for (const float value : mean) means_.push_back(weight * static_cast<double>(value));
    }
  }

  // False where all pictures of a class are alike.
  [[nodiscard]] bool is_there() const { return !factor_.empty(); }
  [[nodiscard]] const ClassMoments& moments() const { return moments_; }

  // T, at most `count` rows of it, fewer where the means do not lie in so many directions: there is at least
  // one direction less than there are classes.
  [[nodiscard]] Matrix axes(std::size_t count) const {
    const std::size_t class_count = means_.size() / std::max<std::size_t>(size_, 1);
    Matrix gram(class_count * class_count);
    for (std::size_t i = 0; i < gram.size(); ++i)
      gram[i] = dot(mean(i / class_count), mean(i % class_count), size_);
    const Eigenvectors found = largest(std::move(gram), class_count, count);
    Matrix rows;
    for (std::size_t k = 0; k < found.values.size(); ++k) {
      if (!(found.values[k] > 1e-6 * found.values.front())) break;
      rows.resize(rows.size() + size_);
      for (std::size_t c = 0; c < class_count; ++c) {
        const double part = found.vectors[k * class_count + c] / std::sqrt(found.values[k]);
        for (std::size_t i = 0; i < size_; ++i) rows[k * size_ + i] += part * mean(c)[i];
      }
    }
    return rows;
  }

  // Q of this fit, for the axes [1 or 2, dimension_count] of one of all pictures.
  [[nodiscard]] Matrix turned_to(const Discriminants& whole, const Matrix& axes) const {
    Matrix rows(axes.size());
    for (std::size_t k = 0; k < axes.size() / size_; ++k) {
      for (std::size_t c = 0; c < means_.size() / size_; ++c) {
        const double along = dot(whole.mean(c), axes.data() + k * size_, size_);
        for (std::size_t i = 0; i < size_; ++i) rows[k * size_ + i] += along * mean(c)[i];
      }
    }
    square_up(rows);
    return rows;
  }

  // The direction among the pictures' coordinates that an axis measures: L'^-1 axis.
  [[nodiscard]] std::vector<float> direction_of(std::span<const double> axis) const {
    std::vector<float> direction(axis.begin(), axis.end());
    solve_upper(factor_.data(), size_, direction.data());
    return direction;
  }

 private:
  [[nodiscard]] const double* mean(std::size_t c) const { return means_.data() + c * size_; }

  // P (P'P)^-1/2 of one row or two. For C = P'P of two by two, C^1/2 = (C + s I) / t with s = sqrt det C and
  // t = sqrt(tr C + 2 s).
  void square_up(Matrix& rows) const {
    double* p = rows.data();
    double* q = rows.size() == size_ ? nullptr : p + size_;
    // Axes that fell together stay what they are: a little on the diagonal keeps them finite.
    const double a = dot(p, p, size_) + 1e-12;
    const double b = q == nullptr ? 0 : dot(q, q, size_) + 1e-12;
    const double across = q == nullptr ? 0 : dot(p, q, size_);
    const double s = std::sqrt(std::max(a * b - across * across, 0.0));
    const double t = std::sqrt(a + b + 2 * s);
    if (q == nullptr) {
      for (std::size_t i = 0; i < size_; ++i) p[i] /= t;
      return;
    }
    const double scale = t / ((a + s) * (b + s) - across * across);
    for (std::size_t i = 0; i < size_; ++i) {
      const auto [first, second] = std::pair{p[i], q[i]};
      p[i] = scale * ((b + s) * first - across * second);
      q[i] = scale * ((a + s) * second - across * first);
    }
  }

  ClassMoments moments_;
  std::size_t size_;
  std::vector<float> factor_;  // L [dimension_count, dimension_count], lower triangle
  Matrix means_;               // B [class_count, dimension_count]
};

class Drawing {
 public:
  Drawing(const MappedPictures& pictures, const SpanCoordinates& coordinates, std::size_t size,
          std::size_t feature_count)
      : pictures_(pictures), coordinates_(coordinates), size_(size), feature_count_(feature_count) {
    const std::size_t row_count = pictures.class_indices.size();
    map_.positions.resize(2 * row_count);
    folds_ = stratified_folds(pictures.class_indices, pictures.class_count, kFoldCount, kSeed);
    of_fold_.assign(folds_.fold_count, ScatterSums(size, pictures.class_count));
    ScatterSums all(size, pictures.class_count);
    for (std::size_t i = 0; i < row_count; ++i) {
      const bool is_held_out = folds_.fold_of_row[i] != kNeverHeldOut;
      ScatterSums& sums = is_held_out ? of_fold_[folds_.fold_of_row[i]] : all;
      sums.add(row(i), coordinates.rests[i], pictures.class_indices[i]);
    }
    for (const ScatterSums& sums : of_fold_) all.add(sums);
    const Discriminants whole(all, feature_count);
    const Matrix axes = whole.is_there() && pictures.class_count > 1 ? whole.axes(2) : Matrix();
    if (!axes.empty()) place_by(whole, all, axes);
    if (axes.size() < 2 * size) place_by_components(whole, axes.empty() ? 0 : 1);
    settle();
  }

  PictureMap take() { return std::move(map_); }

 private:
  [[nodiscard]] std::span<const float> row(std::size_t index) const {
    return std::span(coordinates_.values).subspan(index * size_, size_);
  }

  // Each picture by a fit without its part, those that are in every fit by that of all.
  void place_by(const Discriminants& whole, const ScatterSums& all, const Matrix& axes) {
    map_.axes = MapAxes::kDiscriminants;
    place(whole, axes, kNeverHeldOut);
    for (std::uint32_t fold = 0; fold < folds_.fold_count; ++fold) {
      ScatterSums others = all;
      others.take_away(of_fold_[fold]);
      const Discriminants apart(others, feature_count_);
      if (apart.is_there()) {
        place(apart, apart.turned_to(whole, axes), fold);
      } else {
        place(whole, axes, fold);  // all that are left of each class are alike
      }
    }
    // Where there is no second axis yet, it is orthogonal to this one.
    if (axes.size() == size_) taken_ = whole.direction_of(axes);
  }

  void place(const Discriminants& fit, const Matrix& axes, std::uint32_t fold) {
    for (std::size_t k = 0; k < axes.size() / size_; ++k) {
      const std::vector<float> direction = fit.direction_of(std::span(axes).subspan(k * size_, size_));
      for (std::size_t i = 0; i < folds_.fold_of_row.size(); ++i) {
        if (folds_.fold_of_row[i] == fold)
          map_.positions[2 * i + k] = dot(direction.data(), row(i).data(), size_);
      }
    }
  }

  // The axes from `first` on: principal components (Pearson 1901), of what is orthogonal to the axis before.
  void place_by_components(const Discriminants& whole, std::size_t first) {
    Matrix total = whole.moments().total;
    for (std::size_t i = 0; i < size_; ++i) {
      for (std::size_t j = 0; j < i; ++j) total[j * size_ + i] = total[i * size_ + j];
    }
    if (first > 0) take_direction_out(total);
    const Eigenvectors found = largest(std::move(total), size_, 2 - first);
    for (std::size_t k = 0; k < found.values.size(); ++k) {
      const std::vector<float> axis(found.vectors.begin() + static_cast<std::ptrdiff_t>(k * size_),
                                    found.vectors.begin() + static_cast<std::ptrdiff_t>((k + 1) * size_));
      for (std::size_t i = 0; i < pictures_.class_indices.size(); ++i)
        map_.positions[2 * i + first + k] = dot(axis.data(), row(i).data(), size_);
    }
  }

  // (I - w w') M (I - w w') for the direction w that is taken.
  void take_direction_out(Matrix& matrix) const {
    std::vector<double> w(taken_.begin(), taken_.end());
    const double length = std::sqrt(dot(w.data(), w.data(), size_));
    for (double& value : w) value /= length;
    std::vector<double> along(size_);
    for (std::size_t i = 0; i < size_; ++i) along[i] = dot(matrix.data() + i * size_, w.data(), size_);
    const double both = dot(along.data(), w.data(), size_);
    for (std::size_t i = 0; i < size_; ++i) {
      for (std::size_t j = 0; j < size_; ++j)
        matrix[i * size_ + j] += both * w[i] * w[j] - w[i] * along[j] - along[i] * w[j];
    }
  }

  // Around 0. Axes of one kind keep their proportion, one of each kind gets the same spread.
  void settle() {
    const std::size_t row_count = pictures_.class_indices.size();
    std::array<double, 2> means{};
    std::array<double, 2> spreads{};
    for (std::size_t i = 0; i < 2 * row_count; ++i)
      means[i % 2] += static_cast<double>(map_.positions[i]) / static_cast<double>(row_count);
    for (std::size_t i = 0; i < 2 * row_count; ++i) {
      const double from_mean = static_cast<double>(map_.positions[i]) - means[i % 2];
      spreads[i % 2] += from_mean * from_mean / static_cast<double>(row_count);
    }
    const double both = spreads[0] + spreads[1];
    if (taken_.empty()) {
      spreads = {both, both};
    } else {
      spreads = {2 * spreads[0], 2 * spreads[1]};
    }
    for (std::size_t i = 0; i < 2 * row_count; ++i) {
      const double spread = spreads[i % 2];
      const double from_mean = static_cast<double>(map_.positions[i]) - means[i % 2];
      map_.positions[i] = spread > 0 ? static_cast<float>(from_mean / std::sqrt(spread)) : 0;
    }
  }

  const MappedPictures& pictures_;
  const SpanCoordinates& coordinates_;
  std::size_t size_;
  std::size_t feature_count_;
  Folds folds_;
  std::vector<ScatterSums> of_fold_;
  std::vector<float> taken_;  // direction of the first axis, where the second is of another kind
  PictureMap map_;
};

std::vector<float> last_maps(const MappedPictures& pictures, std::size_t width) {
  const std::size_t count = pictures.map_sizes.back();
  std::vector<float> last;
  for (std::size_t i = 0; i < pictures.class_indices.size(); ++i) {
    const std::span<const float> own = pictures.features.subspan(i * width, width).last(count);
    last.insert(last.end(), own.begin(), own.end());
  }
  return last;
}

// Rounding alone, scaled as differences are, would be all over the map.
bool differ(std::span<const float> features, std::size_t width) {
  return !std::equal(features.begin() + static_cast<std::ptrdiff_t>(width), features.end(), features.begin());
}

}  // namespace

Result<PictureMap> picture_map(const MappedPictures& pictures, const ComputePool& pool) {
  const std::size_t width =
      std::accumulate(pictures.map_sizes.begin(), pictures.map_sizes.end(), std::size_t{0});
  const std::size_t row_count = pictures.class_indices.size();
  if (width == 0 || pictures.features.size() != row_count * width)
    return bad_argument("expected " + std::to_string(row_count) + " rows of " + std::to_string(width) +
                        " features, got " + std::to_string(pictures.features.size()) + " numbers");
  std::vector<std::size_t> counts(pictures.class_count);
  for (const std::uint32_t index : pictures.class_indices) {
    if (index >= counts.size()) return bad_argument("a picture is of a class that is not there");
    ++counts[index];
  }
  if (std::ranges::find(counts, std::size_t{0}) != counts.end())
    return bad_argument("a class without pictures cannot be drawn");
  if (row_count == 0) return PictureMap{};
  PictureMap map;
  map.positions.resize(2 * row_count);
  if (differ(pictures.features, width)) {
    Result<RowSpace> space = RowSpace::create(pictures.features, pictures.map_sizes, pool);
    if (!space) return space.error();
    SpanCoordinates coordinates;
    if (const Status located = space.value().locate(pictures.features, coordinates); !located)
      return located.error();
    map = Drawing(pictures, coordinates, space.value().size(), width).take();
  }
  map.twins = near_twins(last_maps(pictures, width), pictures.map_sizes.back(), pictures.class_indices,
                         pictures.class_count);
  return map;
}

}  // namespace headstart
