// LogME (You et al. 2021), after its fixed-point form: with the features' singular values s_k and x = Uᵀ y
// for the class's column y of ones and zeros, strengths alpha (of the weights) and beta (of the noise) are
// found by
//   t = alpha / beta,   m² = sum s_k² x_k² / (s_k² + t)²,   r² = sum (t x_k / (s_k² + t))² + (|y|² - |x|²),
//   gamma = sum s_k² / (s_k² + t),   alpha = gamma / m²,   beta = (n - gamma) / r²,
// and the log evidence is, with K singular values above zero (the other features cancel out of it),
//   n/2 ln beta + K/2 ln alpha - n/2 ln 2π - beta/2 r² - alpha/2 m² - 1/2 sum ln(alpha + beta s_k²).
#include <algorithm>
#include <cassert>
#include <cmath>
#include <vector>

#include "base/softmax.h"
#include "base/tridiagonal.h"
#include "headstart/advice.h"

namespace headstart {
namespace {

constexpr std::size_t kMostRows = 600;
constexpr int kMostRounds = 100;
constexpr double kLeast = 1e-12;

double evidence_of(std::span<const double> squares, std::span<const double> along, double length_squared,
                   double row_count) {
  double along_squared = 0;
  for (const double x : along) along_squared += x * x;
  const double outside = std::max(0.0, length_squared - along_squared);
  double alpha = 1;
  double beta = 1;
  double weights = 0;
  double rest = 0;
  for (int round = 0; round < kMostRounds; ++round) {
    const double t = alpha / beta;
    double gamma = 0;
    weights = 0;
    rest = outside;
    for (std::size_t k = 0; k < squares.size(); ++k) {
      const double sum = squares[k] + t;
      gamma += squares[k] / sum;
      weights += squares[k] * along[k] * along[k] / (sum * sum);
      rest += t * t * along[k] * along[k] / (sum * sum);
    }
    alpha = gamma / std::max(weights, kLeast);
    beta = std::max(row_count - gamma, kLeast) / std::max(rest, kLeast);
    if (std::abs(alpha / beta - t) <= 1e-5 * t) break;
  }
  constexpr double kLog2Pi = 1.8378770664093453;
  double logs = 0;
  for (const double square : squares) logs += logarithm(alpha + beta * square);
  const auto kept = static_cast<double>(squares.size());
  return row_count / 2 * (logarithm(beta) - kLog2Pi) + kept / 2 * logarithm(alpha) - beta / 2 * rest -
         alpha / 2 * weights - logs / 2;
}

// Rows that stand for all, evenly chosen.
std::vector<std::size_t> chosen_rows(std::size_t row_count) {
  const std::size_t count = std::min(row_count, kMostRows);
  std::vector<std::size_t> rows;
  for (std::size_t i = 0; i < count; ++i) rows.push_back(i * row_count / count);
  return rows;
}

// F Fᵀ [rows, rows].
std::vector<double> gram_of_rows(std::span<const float> features, std::size_t feature_count,
                                 std::span<const std::size_t> rows) {
  const std::size_t n = rows.size();
  std::vector<double> gram(n * n);
  for (std::size_t i = 0; i < n; ++i) {
    const float* a = features.data() + rows[i] * feature_count;
    for (std::size_t j = 0; j <= i; ++j) {
      const float* b = features.data() + rows[j] * feature_count;
      double sums[4] = {};
      std::size_t k = 0;
      for (; k + 4 <= feature_count; k += 4) {
        for (std::size_t lane = 0; lane < 4; ++lane) {
          sums[lane] += static_cast<double>(a[k + lane]) * static_cast<double>(b[k + lane]);
        }
      }
      for (; k < feature_count; ++k) sums[0] += static_cast<double>(a[k]) * static_cast<double>(b[k]);
      gram[i * n + j] = (sums[0] + sums[1]) + (sums[2] + sums[3]);
      gram[j * n + i] = gram[i * n + j];
    }
  }
  return gram;
}

}  // namespace

double log_me(std::span<const float> features, std::size_t feature_count,
              std::span<const std::uint32_t> class_indices, std::size_t class_count) {
  assert(features.size() == feature_count * class_indices.size());
  if (class_count < 2 || class_indices.size() < 2 || feature_count == 0) return 0;
  const std::vector<std::size_t> rows = chosen_rows(class_indices.size());
  const std::size_t n = rows.size();
  std::vector<double> gram = gram_of_rows(features, feature_count, rows);
  std::vector<double> columns(class_count * n);  // of ones where the class is, then Uᵀ of that
  std::vector<double> counts(class_count);
  for (std::size_t i = 0; i < n; ++i) {
    assert(class_indices[rows[i]] < class_count);
    columns[class_indices[rows[i]] * n + i] = 1;
    counts[class_indices[rows[i]]] += 1;
  }
  std::vector<double> squares(n);
  if (!diagonalise(gram, n, squares, columns, class_count)) return 0;
  // What rounding leaves of singular values that are zero.
  const double least = 1e-10 * *std::max_element(squares.begin(), squares.end());
  std::vector<double> kept_squares;
  for (const double square : squares) {
    if (square > least) kept_squares.push_back(square);
  }
  double sum = 0;
  for (std::size_t c = 0; c < class_count; ++c) {
    std::vector<double> along;
    for (std::size_t k = 0; k < n; ++k) {
      if (squares[k] > least) along.push_back(columns[c * n + k]);
    }
    sum += evidence_of(kept_squares, along, counts[c], static_cast<double>(n)) / static_cast<double>(n);
  }
  return sum / static_cast<double>(class_count);
}

}  // namespace headstart
