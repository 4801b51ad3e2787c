// Cholesky's factorisation (Golub & Van Loan 2013, section 4.2), row by row, and what it solves. In single
// precision: whoever calls it adds a ridge near the mean of the diagonal, so that the condition stays below
// the number of features.
#pragma once

#include <algorithm>
#include <cmath>
#include <cstddef>

#include "base/dot.h"

namespace headstart {

// Row `index` of `matrix` [size, size], symmetric and not negative, becomes that of the lower factor of the
// matrix plus `ridge` (above 0) on its diagonal; the rows before have become theirs. Only the lower triangle
// is read.
inline void factorise_row(float* matrix, std::size_t size, std::size_t index, float ridge) {
  float* row = matrix + index * size;
  for (std::size_t j = 0; j < index; ++j) {
    const float* other = matrix + j * size;
    row[j] = (row[j] - dot(row, other, j)) / other[j];
  }
  // Rounding may take away all but the ridge, never that.
  row[index] = std::sqrt(std::max(row[index] + ridge - dot(row, row, index), 0.5F * ridge));
}

// factor^-1 values [size], in place.
inline void solve_lower(const float* factor, std::size_t size, float* values) {
  for (std::size_t i = 0; i < size; ++i) {
    const float* row = factor + i * size;
    values[i] = (values[i] - dot(row, values, i)) / row[i];
  }
}

// factor^-T values [size], in place.
inline void solve_upper(const float* factor, std::size_t size, float* values) {
  for (std::size_t i = size; i-- > 0;) {
    const float* row = factor + i * size;
    values[i] /= row[i];
    for (std::size_t j = 0; j < i; ++j) values[j] -= row[j] * values[i];
  }
}

}  // namespace headstart
