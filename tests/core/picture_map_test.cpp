// A plane for all pictures, held to plain formulas in double precision.
#include <doctest/doctest.h>

#include <algorithm>
#include <cmath>
#include <numeric>
#include <utility>
#include <vector>

#include "headstart/picture_map.h"
#include "samples/folds.h"
#include "support/split_mix.h"

using namespace headstart;

namespace {

constexpr std::size_t kFeatureCount = 12;
constexpr std::size_t kMapSizes[] = {kFeatureCount};

struct Pictures {
  std::vector<float> features;
  std::vector<std::uint32_t> class_indices;
  std::size_t class_count = 0;

  [[nodiscard]] MappedPictures view() const { return {features, kMapSizes, class_indices, class_count}; }
  [[nodiscard]] std::size_t count() const { return class_indices.size(); }
};

// Each class's pictures around a centre, `apart` from the others.
Pictures clouds(std::size_t class_count, std::size_t per_class, double apart, std::uint64_t seed = 3) {
  test::SplitMix random(seed, 1);
  Pictures pictures;
  pictures.class_count = class_count;
  std::vector<double> centres(class_count * kFeatureCount);
  for (double& value : centres) value = apart * random.uniform();
  for (std::size_t i = 0; i < class_count * per_class; ++i) {
    const std::size_t c = i % class_count;
    for (std::size_t k = 0; k < kFeatureCount; ++k)
      pictures.features.push_back(static_cast<float>(2 + centres[c * kFeatureCount + k] + random.uniform()));
    pictures.class_indices.push_back(static_cast<std::uint32_t>(c));
  }
  return pictures;
}

PictureMap map_of(const Pictures& pictures, std::size_t thread_count = 1) {
  auto pool = ComputePool::create(thread_count);
  if (!pool) pool = ComputePool::create(1);  // not every build has threads
  REQUIRE(pool.ok());
  Result<PictureMap> map = picture_map(pictures.view(), pool.value());
  REQUIRE(map.ok());
  return std::move(map).value();
}

using Rows = std::vector<std::vector<double>>;

Rows zeros(std::size_t rows, std::size_t columns) {
  return Rows(rows, std::vector<double>(columns));
}

double product(const std::vector<double>& a, const std::vector<double>& b) {
  return std::inner_product(a.begin(), a.end(), b.begin(), 0.0);
}

// Each row by its length, less the mean of all.
Rows centred(const Pictures& pictures) {
  Rows rows = zeros(pictures.count(), kFeatureCount);
  std::vector<double> mean(kFeatureCount);
  for (std::size_t i = 0; i < rows.size(); ++i) {
    for (std::size_t k = 0; k < kFeatureCount; ++k)
      rows[i][k] = static_cast<double>(pictures.features[i * kFeatureCount + k]);
    const double length = std::sqrt(product(rows[i], rows[i]));
    for (std::size_t k = 0; k < kFeatureCount; ++k) {
      rows[i][k] /= length;
      mean[k] += rows[i][k] / static_cast<double>(rows.size());
    }
  }
  for (auto& row : rows) {
    for (std::size_t k = 0; k < kFeatureCount; ++k) row[k] -= mean[k];
  }
  return rows;
}

// Eigenvectors by Jacobi's turns (1846), the largest eigenvalue first; rows of the result.
Rows eigenvectors(Rows matrix) {
  const std::size_t n = matrix.size();
  Rows vectors = zeros(n, n);
  for (std::size_t i = 0; i < n; ++i) vectors[i][i] = 1;
  for (int sweep = 0; sweep < 60; ++sweep) {
    for (std::size_t p = 0; p < n; ++p) {
      for (std::size_t q = p + 1; q < n; ++q) {
        const double angle = 0.5 * std::atan2(2 * matrix[p][q], matrix[q][q] - matrix[p][p]);
        const double c = std::cos(angle);
        const double s = std::sin(angle);
        for (std::size_t k = 0; k < n; ++k) {
          const double a = matrix[k][p];
          matrix[k][p] = c * a - s * matrix[k][q];
          matrix[k][q] = s * a + c * matrix[k][q];
        }
        for (std::size_t k = 0; k < n; ++k) {
          const double a = matrix[p][k];
          matrix[p][k] = c * a - s * matrix[q][k];
          matrix[q][k] = s * a + c * matrix[q][k];
          const double v = vectors[p][k];
          vectors[p][k] = c * v - s * vectors[q][k];
          vectors[q][k] = s * v + c * vectors[q][k];
        }
      }
    }
  }
  std::vector<std::size_t> order(n);
  std::iota(order.begin(), order.end(), std::size_t{0});
  std::ranges::sort(order, [&](std::size_t a, std::size_t b) { return matrix[a][a] > matrix[b][b]; });
  Rows sorted;
  for (const std::size_t i : order) sorted.push_back(vectors[i]);
  return sorted;
}

// x of A x = b by elimination.
std::vector<double> solved(Rows a, std::vector<double> b) {
  const std::size_t n = b.size();
  for (std::size_t p = 0; p < n; ++p) {
    for (std::size_t i = p + 1; i < n; ++i) {
      const double factor = a[i][p] / a[p][p];
      for (std::size_t k = p; k < n; ++k) a[i][k] -= factor * a[p][k];
      b[i] -= factor * b[p];
    }
  }
  for (std::size_t p = n; p-- > 0;) {
    for (std::size_t k = p + 1; k < n; ++k) b[p] -= a[p][k] * b[k];
    b[p] /= a[p][p];
  }
  return b;
}

// What tells classes apart, by the directions among the features that measure it: with W = S + a I and the
// classes' means M (weighted), the discriminants are W^-1 M' e / |.| for eigenvectors e of M W^-1 M'.
struct Fit {
  Rows means;     // M
  Rows measured;  // W^-1 M', a row for each class
};

Fit fit_to(const Rows& rows, const Pictures& pictures, const std::vector<bool>& is_in) {
  Fit fit{zeros(pictures.class_count, kFeatureCount), {}};
  std::vector<double> mean(kFeatureCount);
  std::vector<double> counts(pictures.class_count);
  double trace = 0;
  double count = 0;
  for (std::size_t i = 0; i < rows.size(); ++i) {
    if (!is_in[i]) continue;
    count += 1;
    counts[pictures.class_indices[i]] += 1;
    for (std::size_t k = 0; k < kFeatureCount; ++k) {
      fit.means[pictures.class_indices[i]][k] += rows[i][k];
      mean[k] += rows[i][k];
    }
  }
  for (std::size_t c = 0; c < fit.means.size(); ++c)
    for (double& value : fit.means[c]) value /= counts[c];
  Rows within = zeros(kFeatureCount, kFeatureCount);
  for (std::size_t i = 0; i < rows.size(); ++i) {
    if (!is_in[i]) continue;
    for (std::size_t j = 0; j < kFeatureCount; ++j) {
      for (std::size_t k = 0; k < kFeatureCount; ++k) {
        const std::vector<double>& own = fit.means[pictures.class_indices[i]];
        within[j][k] += (rows[i][j] - own[j]) * (rows[i][k] - own[k]) / count;
      }
    }
  }
  for (std::size_t k = 0; k < kFeatureCount; ++k) trace += within[k][k];
  for (std::size_t k = 0; k < kFeatureCount; ++k) within[k][k] += 10 * trace / kFeatureCount;
  for (std::size_t c = 0; c < fit.means.size(); ++c) {
    for (std::size_t k = 0; k < kFeatureCount; ++k)
      fit.means[c][k] = std::sqrt(counts[c] / count) * (fit.means[c][k] - mean[k] / count);
    fit.measured.push_back(solved(within, fit.means[c]));
  }
  return fit;
}

// e of M W^-1 M'.
Rows class_axes(const Fit& fit) {
  Rows gram = zeros(fit.means.size(), fit.means.size());
  for (std::size_t a = 0; a < gram.size(); ++a) {
    for (std::size_t b = 0; b < gram.size(); ++b) gram[a][b] = product(fit.means[a], fit.measured[b]);
  }
  return eigenvectors(gram);
}

// Where the reference puts each picture, up to the scale of all.
Rows reference(const Pictures& pictures) {
  const Rows rows = centred(pictures);
  const Fit whole = fit_to(rows, pictures, std::vector<bool>(rows.size(), true));
  const Rows classes = class_axes(whole);
  const std::size_t class_count = pictures.class_count;
  // What the axes make of the weighted means: B T, [class_count, 2].
  Rows along = zeros(class_count, 2);
  for (std::size_t axis = 0; axis < 2; ++axis) {
    double length = 0;
    for (std::size_t a = 0; a < class_count; ++a) {
      for (std::size_t b = 0; b < class_count; ++b) {
        const double gram = product(whole.means[a], whole.measured[b]);
        along[a][axis] += gram * classes[axis][b];
        length += classes[axis][a] * gram * classes[axis][b];
      }
    }
    for (auto& row : along) row[axis] /= std::sqrt(length);
  }
  const Folds folds = stratified_folds(pictures.class_indices, class_count, 5, 1);
  Rows positions = zeros(rows.size(), 2);
  for (std::uint32_t fold = 0; fold < folds.fold_count; ++fold) {
    std::vector<bool> is_in;
    for (const std::uint32_t of : folds.fold_of_row) is_in.push_back(of != fold);
    const Fit apart = fit_to(rows, pictures, is_in);
    // P as directions among the features, and P'P; its inverse root by its eigenvectors.
    Rows directions = zeros(2, kFeatureCount);
    Rows square = zeros(2, 2);
    for (std::size_t a = 0; a < class_count; ++a) {
      for (std::size_t axis = 0; axis < 2; ++axis) {
        for (std::size_t k = 0; k < kFeatureCount; ++k)
          directions[axis][k] += along[a][axis] * apart.measured[a][k];
        for (std::size_t b = 0; b < class_count; ++b) {
          for (std::size_t other = 0; other < 2; ++other)
            square[axis][other] +=
                along[a][axis] * product(apart.means[a], apart.measured[b]) * along[b][other];
        }
      }
    }
    const Rows turns = eigenvectors(square);
    Rows root = zeros(2, 2);
    for (const auto& turn : turns) {
      const double value = turn[0] * (square[0][0] * turn[0] + square[0][1] * turn[1]) +
                           turn[1] * (square[1][0] * turn[0] + square[1][1] * turn[1]);
      for (std::size_t i = 0; i < 2; ++i) {
        for (std::size_t j = 0; j < 2; ++j) root[i][j] += turn[i] * turn[j] / std::sqrt(value);
      }
    }
    for (std::size_t i = 0; i < rows.size(); ++i) {
      if (folds.fold_of_row[i] != fold) continue;
      const auto [p, q] = std::pair{product(directions[0], rows[i]), product(directions[1], rows[i])};
      positions[i] = {root[0][0] * p + root[1][0] * q, root[0][1] * p + root[1][1] * q};
    }
  }
  return positions;
}

// Brings positions to what PictureMap promises: around 0, at a distance of 1.
Rows settled(Rows positions) {
  double spread = 0;
  for (std::size_t axis = 0; axis < 2; ++axis) {
    double mean = 0;
    for (const auto& at : positions) mean += at[axis] / static_cast<double>(positions.size());
    for (auto& at : positions) {
      at[axis] -= mean;
      spread += at[axis] * at[axis] / static_cast<double>(positions.size());
    }
  }
  for (auto& at : positions) {
    for (double& value : at) value /= std::sqrt(spread);
  }
  return positions;
}

// The largest difference, where each axis may point either way.
double difference(const PictureMap& map, const Rows& expected) {
  double largest = 0;
  for (std::size_t axis = 0; axis < 2; ++axis) {
    double same = 0;
    double turned = 0;
    for (std::size_t i = 0; i < expected.size(); ++i) {
      const auto value = static_cast<double>(map.positions[2 * i + axis]);
      same = std::max(same, std::abs(value - expected[i][axis]));
      turned = std::max(turned, std::abs(value + expected[i][axis]));
    }
    largest = std::max(largest, std::min(same, turned));
  }
  return largest;
}

// The part of the pictures whose nearest one is of their class.
double told_apart(const PictureMap& map, const Pictures& pictures) {
  std::size_t own = 0;
  for (std::size_t i = 0; i < pictures.count(); ++i) {
    std::size_t nearest = i;
    double least = 1e30;
    for (std::size_t j = 0; j < pictures.count(); ++j) {
      const auto x = static_cast<double>(map.positions[2 * i] - map.positions[2 * j]);
      const auto y = static_cast<double>(map.positions[2 * i + 1] - map.positions[2 * j + 1]);
      if (j == i || x * x + y * y >= least) continue;
      least = x * x + y * y;
      nearest = j;
    }
    own += pictures.class_indices[nearest] == pictures.class_indices[i] ? 1 : 0;
  }
  return static_cast<double>(own) / static_cast<double>(pictures.count());
}

}  // namespace

TEST_CASE("pictures lie where discriminants that have not seen them put them") {
  for (const std::size_t class_count : {3U, 4U, 6U}) {
    CAPTURE(class_count);
    const Pictures pictures = clouds(class_count, 12, 0.8);
    const PictureMap map = map_of(pictures);
    CHECK(map.axes == MapAxes::kDiscriminants);
    CHECK(difference(map, settled(reference(pictures))) < 2e-3);
    CHECK(told_apart(map, pictures) > 0.5);
  }
}

TEST_CASE("without classes to tell apart the map shows what differs most") {
  const Pictures pictures = clouds(1, 40, 1);
  const PictureMap map = map_of(pictures);
  CHECK(map.axes == MapAxes::kPrincipal);
  const Rows rows = centred(pictures);
  Rows total = zeros(kFeatureCount, kFeatureCount);
  for (const auto& row : rows) {
    for (std::size_t j = 0; j < kFeatureCount; ++j) {
      for (std::size_t k = 0; k < kFeatureCount; ++k) total[j][k] += row[j] * row[k];
    }
  }
  const Rows axes = eigenvectors(total);
  Rows positions;
  for (const auto& row : rows) positions.push_back({product(axes[0], row), product(axes[1], row)});
  CHECK(difference(map, settled(positions)) < 2e-3);  // the basis of the span is rounded to float16
}

TEST_CASE("of two classes the second axis is another thing than the first") {
  const Pictures pictures = clouds(2, 20, 1.2);
  const PictureMap map = map_of(pictures);
  double across = 0, spreads[2] = {};
  for (std::size_t i = 0; i < map.positions.size(); i += 2) {
    const auto x = static_cast<double>(map.positions[i]);
    const auto y = static_cast<double>(map.positions[i + 1]);
    across += x * y;
    spreads[0] += x * x;
    spreads[1] += y * y;
  }
  CHECK(told_apart(map, pictures) > 0.9);
  CHECK(spreads[0] == doctest::Approx(spreads[1]).epsilon(1e-3));
  CHECK(std::abs(across) < 0.5 * spreads[0]);
}

TEST_CASE("labels that mean nothing make no heaps on the map") {
  Pictures pictures = clouds(1, 90, 1);
  pictures.class_count = 3;
  for (std::size_t i = 0; i < pictures.count(); ++i)
    pictures.class_indices[i] = static_cast<std::uint32_t>(i % 3);
  CHECK(told_apart(map_of(pictures), pictures) < 0.5);
}

TEST_CASE("a map is the same each time and with any number of threads") {
  const Pictures pictures = clouds(3, 15, 0.5);
  const std::vector<float> once = map_of(pictures).positions;
  for (const std::size_t threads : {1U, 3U}) CHECK(once == map_of(pictures, threads).positions);
}

TEST_CASE("pictures that are all alike lie in one place") {
  Pictures pictures = clouds(2, 3, 1);
  for (std::size_t i = 0; i < pictures.features.size(); ++i)
    pictures.features[i] = static_cast<float>(i % kFeatureCount);
  for (const float value : map_of(pictures).positions) CHECK(value == 0.0F);
  Pictures alike_by_class = clouds(2, 3, 1);
  for (std::size_t i = 2 * kFeatureCount; i < alike_by_class.features.size(); ++i)
    alike_by_class.features[i] = alike_by_class.features[i - 2 * kFeatureCount];
  const PictureMap map = map_of(alike_by_class);
  CHECK(told_apart(map, alike_by_class) == 1);
  for (const float value : map.positions) CHECK(std::isfinite(value));
}

TEST_CASE("the same picture again is a twin of the first, whatever lies between") {
  Pictures pictures = clouds(2, 10, 0.5);
  // Pictures 12 and 16 show what picture 2 shows, 13 (of the other class) too.
  for (const std::size_t again : {12U, 13U, 16U}) {
    for (std::size_t k = 0; k < kFeatureCount; ++k)
      pictures.features[again * kFeatureCount + k] =
          pictures.features[2 * kFeatureCount + k] + (again == 16 ? 0.005F : 0.0F);
  }
  const std::vector<std::uint32_t> twins = map_of(pictures).twins;
  for (std::uint32_t i = 0; i < pictures.count(); ++i) {
    CAPTURE(i);
    CHECK(twins[i] == (i == 12 || i == 16 ? 2 : i));
  }
}

TEST_CASE("a map asks for whole rows and classes with pictures") {
  auto pool = ComputePool::create(1);
  REQUIRE(pool.ok());
  Pictures pictures = clouds(2, 3, 1);
  pictures.features.pop_back();
  CHECK(picture_map(pictures.view(), pool.value()).error().code == ErrorCode::kBadArgument);
  for (const std::size_t class_count : {1U, 3U}) {
    pictures = clouds(2, 3, 1);
    pictures.class_count = class_count;
    CHECK(picture_map(pictures.view(), pool.value()).error().code == ErrorCode::kBadArgument);
  }
  pictures = {};
  const Result<PictureMap> nothing = picture_map(pictures.view(), pool.value());
  REQUIRE(nothing.ok());
  CHECK(nothing.value().positions.empty());
}
