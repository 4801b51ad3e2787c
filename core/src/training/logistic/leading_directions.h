// Along which few directions samples vary most, and from it how steeply a loss over them bends.
#pragma once

#include <cstddef>
#include <span>
#include <vector>

namespace headstart {

// Of G = XᵀX / row_count, X the standardised samples: its leading eigenvectors and eigenvalues, by subspace
// iteration from random vectors (Halko, Martinsson & Tropp 2011, algorithm 4.4), and the mean of the other
// eigenvalues. The caller multiplies by G, since it can do so in slices.
class LeadingDirections {
 public:
  // With fewer features a descent is quick without them.
  static bool are_worth_it(std::size_t feature_count) { return feature_count >= 256; }

  LeadingDirections() = default;
  explicit LeadingDirections(std::size_t feature_count);

  [[nodiscard]] bool empty() const { return eigenvalues_.empty(); }
  [[nodiscard]] std::size_t count() const;  // of directions

  // [count, feature_count]: what to multiply by next.
  [[nodiscard]] std::span<const float> vectors() const { return vectors_; }

  // Takes `product` [feature_count, count] = XᵀX vectors()ᵀ; true when the directions are known. `total` is
  // the sum of all of G's eigenvalues.
  bool improve(std::span<const float> product, std::size_t row_count, double total);

  // values [feature_count] becomes (weight G + ridge)⁻¹ values, nearly: what lies outside the directions is
  // taken to vary evenly (as Frangella, Tropp & Udell 2021 do to precondition).
  void solve(double weight, double ridge, std::span<float> values) const;

 private:
  void make_orthonormal();

  std::size_t feature_count_ = 0;
  std::size_t product_count_ = 0;
  std::vector<float> vectors_;  // [count, feature_count], in the end the eigenvectors
  std::vector<double> eigenvalues_;
  double tail_ = 0;  // the mean of the eigenvalues that are left
};

}  // namespace headstart
