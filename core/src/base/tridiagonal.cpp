#include "base/tridiagonal.h"

#include <cassert>
#include <cmath>
#include <limits>
#include <vector>

#include "base/dot.h"

namespace headstart {
namespace {

// One reflection: with x the part of column `step` below the diagonal, v = x ± |x| e₁ and beta = 2 / vᵀv,
// A becomes (I - beta v vᵀ) A (I - beta v vᵀ) = A - v wᵀ - w vᵀ with w = p - (beta pᵀv / 2) v, p = beta A v.
class Reduction {
 public:
  Reduction(std::span<double> matrix, std::size_t size) : a_(matrix), size_(size), v_(size), w_(size) {}

  // Returns what stands below the diagonal of column `step` afterwards.
  double reflect(std::size_t step, std::span<double> vectors, std::size_t vector_count) {
    const std::size_t begin = step + 1;
    const std::size_t count = size_ - begin;
    double* v = v_.data() + begin;
    double* w = w_.data() + begin;
    // The matrix is symmetric: row `step` is column `step`.
    for (std::size_t i = 0; i < count; ++i) v[i] = a_[step * size_ + begin + i];
    const double length = std::sqrt(dot(v, v, count));
    if (length == 0) return 0;
    const double below = v[0] > 0 ? -length : length;
    v[0] -= below;
    const double beta = 2 / dot(v, v, count);
    for (std::size_t i = 0; i < count; ++i) w[i] = beta * dot(row(begin + i) + begin, v, count);
    const double part = beta * dot(w, v, count) / 2;
    for (std::size_t i = 0; i < count; ++i) w[i] -= part * v[i];
    for (std::size_t i = 0; i < count; ++i) {
      double* to = row(begin + i) + begin;
      for (std::size_t j = 0; j < count; ++j) to[j] -= v[i] * w[j] + w[i] * v[j];
    }
    for (std::size_t k = 0; k < vector_count; ++k) {
      double* vector = vectors.data() + k * size_ + begin;
      const double along = beta * dot(vector, v, count);
      for (std::size_t i = 0; i < count; ++i) vector[i] -= along * v[i];
    }
    return below;
  }

 private:
  double* row(std::size_t index) { return a_.data() + index * size_; }

  std::span<double> a_;
  std::size_t size_;
  std::vector<double> v_;
  std::vector<double> w_;
};

// One implicit QL step on rows first…last of the tridiagonal matrix with `diagonal` and `below`.
void ql_step(std::span<double> diagonal, std::span<double> below, std::size_t first, std::size_t last,
             std::span<double> vectors, std::size_t vector_count) {
  const std::size_t size = diagonal.size();
  const double half = (diagonal[first + 1] - diagonal[first]) / (2 * below[first]);
  const double root = std::hypot(half, 1.0);
  double g = diagonal[last] - diagonal[first] + below[first] / (half + std::copysign(root, half));
  double sine = 1;
  double cosine = 1;
  double moved = 0;
  for (std::size_t i = last; i-- > first;) {
    const double f = sine * below[i];
    const double b = cosine * below[i];
    const double length = std::hypot(f, g);
    below[i + 1] = length;
    if (length == 0) {
      diagonal[i + 1] -= moved;
      below[last] = 0;
      return;
    }
    sine = f / length;
    cosine = g / length;
    g = diagonal[i + 1] - moved;
    const double r = (diagonal[i] - g) * sine + 2 * cosine * b;
    moved = sine * r;
    diagonal[i + 1] = g + moved;
    g = cosine * r - b;
    for (std::size_t k = 0; k < vector_count; ++k) {
      double* vector = vectors.data() + k * size;
      const double upper = vector[i + 1];
      vector[i + 1] = sine * vector[i] + cosine * upper;
      vector[i] = cosine * vector[i] - sine * upper;
    }
  }
  diagonal[first] -= moved;
  below[first] = g;
  below[last] = 0;
}

}  // namespace

bool diagonalise(std::span<double> matrix, std::size_t size, std::span<double> eigenvalues,
                 std::span<double> vectors, std::size_t vector_count) {
  assert(matrix.size() == size * size && eigenvalues.size() == size);
  assert(vectors.size() == vector_count * size);
  if (size == 0) return true;
  std::vector<double> below(size);
  Reduction reduction(matrix, size);
  for (std::size_t step = 0; step + 1 < size; ++step)
    below[step] = reduction.reflect(step, vectors, vector_count);
  for (std::size_t i = 0; i < size; ++i) eigenvalues[i] = matrix[i * size + i];

  constexpr int kMostSteps = 60;
  for (std::size_t first = 0; first < size; ++first) {
    for (int step = 0;; ++step) {
      std::size_t last = first;
      while (last + 1 < size) {
        const double scale = std::abs(eigenvalues[last]) + std::abs(eigenvalues[last + 1]);
        if (std::abs(below[last]) <= std::numeric_limits<double>::epsilon() * scale) break;
        ++last;
      }
      if (last == first) break;
      if (step == kMostSteps) return false;
      ql_step(eigenvalues, below, first, last, vectors, vector_count);
    }
  }
  return true;
}

}  // namespace headstart
