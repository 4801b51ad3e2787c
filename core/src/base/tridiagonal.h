// Eigenvalues of a symmetric matrix, and vectors expressed in its eigenvectors, without making those.
#pragma once

#include <cstddef>
#include <span>

namespace headstart {

// `matrix` [size, size], symmetric, is destroyed. On return eigenvalues [size] are its eigenvalues, in no
// order, and each of the `vector_count` rows of `vectors` [vector_count, size] is Qᵀ vector, where the
// columns of Q are the eigenvectors in the same order. Householder's reduction to tridiagonal form, then
// implicit QL steps with Wilkinson's shift (Golub & Van Loan 2013, sections 8.3.1 and 8.3.3). False where an
// eigenvalue does not settle, which only numbers that are not finite bring about.
[[nodiscard]] bool diagonalise(std::span<double> matrix, std::size_t size, std::span<double> eigenvalues,
                               std::span<double> vectors, std::size_t vector_count);

}  // namespace headstart
