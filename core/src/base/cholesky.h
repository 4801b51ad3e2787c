// Cholesky's factorisation (Golub & Van Loan 2013, section 4.2), row by row, and what it solves.
#pragma once

#include <algorithm>
#include <cmath>
#include <cstddef>

namespace headstart {

// Four sums, so that the processor need not wait for one.
inline double dot(const double* a, const double* b, std::size_t count) {
  double sums[4] = {};
  std::size_t i = 0;
  for (; i + 4 <= count; i += 4) {
    for (std::size_t lane = 0; lane < 4; ++lane) sums[lane] += a[i + lane] * b[i + lane];
  }
  for (; i < count; ++i) sums[0] += a[i] * b[i];
  return (sums[0] + sums[1]) + (sums[2] + sums[3]);
}

// Row `index` of `matrix` [size, size], symmetric and not negative, becomes that of the lower factor of the
// matrix plus `ridge` (above 0) on its diagonal; the rows before have become theirs. Only the lower triangle
// is read.
inline void factorise_row(double* matrix, std::size_t size, std::size_t index, double ridge) {
  double* row = matrix + index * size;
  for (std::size_t j = 0; j < index; ++j) {
    const double* other = matrix + j * size;
    row[j] = (row[j] - dot(row, other, j)) / other[j];
  }
  // Rounding may take away all but the ridge, never that.
  row[index] = std::sqrt(std::max(row[index] + ridge - dot(row, row, index), 0.5 * ridge));
}

// factor^-1 values [size], in place.
inline void solve_lower(const double* factor, std::size_t size, double* values) {
  for (std::size_t i = 0; i < size; ++i) {
    const double* row = factor + i * size;
    values[i] = (values[i] - dot(row, values, i)) / row[i];
  }
}

// factor^-T values [size], in place.
inline void solve_upper(const double* factor, std::size_t size, double* values) {
  for (std::size_t i = size; i-- > 0;) {
    const double* row = factor + i * size;
    values[i] /= row[i];
    for (std::size_t j = 0; j < i; ++j) values[j] -= row[j] * values[i];
  }
}

}  // namespace headstart
