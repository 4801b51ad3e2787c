// Linear discriminant analysis (Fisher 1936; Rao 1948), shrunk (Friedman 1989), fitted to some of the rows at
// a time.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

#include "base/matrix_product.h"
#include "headstart/buffer.h"
#include "headstart/compute.h"
#include "headstart/head.h"
#include "headstart/status.h"
#include "training/standardisation.h"
#include "training/training_rows.h"

namespace headstart {

// With z the rows, transformed (TrainingRows::transform), less their mean and scaled map by map, mu_c the
// classes' means, R [m, d] rows less their class's mean and S = R'R / m their scatter, the logit of class c
// is
//   w_c . z - w_c . mu_c / 2,   w_c = a (S + a I)^-1 mu_c,   a = ridge tr S,
// the factor a so that its size stays the same where pictures of a class are all alike. S is never formed.
// With G = R R' (which one Gram matrix of the rows gives for every fold),
//   w_c = mu_c - R' (m a I + G)^-1 R mu_c   (Woodbury 1950).
//
// Copies the rows and scales them by the statistics of all, which know no labels: a scale for each feature
// would undo what the transform does, and costs up to 5 points. Beyond 1024 rows the
// scatter is that of evenly chosen ones; means are those of all. All work is cut into slices.
class DiscriminantFit {
 public:
  // `row_classes` [row_count]. The pool must outlive it. out-of-memory. With a second look, `rows` hold all
  // views.
  static Result<DiscriminantFit> create(const TrainingRows& rows, std::vector<std::uint32_t> row_classes,
                                        std::size_t class_count, SecondLook second_look,
                                        const ComputePool& pool);

  // One slice of what all fits share; true when that is done.
  Result<bool> prepare();
  [[nodiscard]] double prepared_fraction() const;

  // Chooses the rows whose `is_training` [row_count] is not 0, at least one of each class; then, as often as
  // wanted, shrink() and step() until that says true.
  Status start(std::span<const std::uint8_t> is_training);
  // `ridge` > 0, in total variances within the classes.
  void shrink(double ridge);
  Result<bool> step();
  // Of the rows chosen, those whose scatter is taken: a fit costs the cube of it.
  [[nodiscard]] std::size_t fitted_count() const { return fitted_rows_.size(); }
  [[nodiscard]] double fitted_fraction() const;

  // Of the last fit that was done, over the transformed and scaled features.
  [[nodiscard]] std::span<const double> weights() const { return weights_; }  // [class_count, feature_count]
  [[nodiscard]] std::span<const double> biases() const { return biases_; }    // [class_count]
  // What a sample is answered with: with a second look, to the mean of the sample and its mirror image.
  [[nodiscard]] double logit(std::size_t sample_index, std::size_t class_index) const;

  [[nodiscard]] const Standardisation& standardisation() const { return standardisation_; }

 private:
  DiscriminantFit(const TrainingRows& rows, std::vector<std::uint32_t> row_classes, std::size_t class_count,
                  MatrixProduct by_inner, MatrixProduct by_columns);
  Status make_room(std::size_t looked_count);
  void copy_rows(const TrainingRows& rows);
  void give_shares(const TrainingRows& rows);
  void copy_looks(const TrainingRows& rows);
  void fit_means(std::span<const std::uint8_t> is_training);
  void factorise_slice();
  Status finish();

  [[nodiscard]] const float* row(std::size_t index) const { return rows_.data() + index * feature_count_; }
  [[nodiscard]] std::uint32_t class_of(std::size_t fitted) const {
    return row_classes_[scatter_rows_[fitted_rows_[fitted]]];
  }
  // z . mu_c and mu_c . mu_e
  [[nodiscard]] float along_mean(std::size_t fitted, std::size_t c) const {
    return along_means_.data()[fitted_rows_[fitted] * class_count_ + c];
  }
  [[nodiscard]] float mean_product(std::size_t c, std::size_t e) const {
    return mean_products_.data()[c * class_count_ + e];
  }
  // (z_i - mu_i) . (z_j - mu_j)
  [[nodiscard]] float within_product(std::size_t i, std::size_t j) const {
    const float whole = gram_.data()[fitted_rows_[i] * scatter_count_ + fitted_rows_[j]];
    return whole - along_mean(i, class_of(j)) - along_mean(j, class_of(i)) +
           mean_product(class_of(i), class_of(j));
  }

  std::size_t class_count_;
  std::size_t feature_count_;
  std::size_t row_count_;
  std::size_t scatter_count_;
  MatrixProduct by_inner_;
  MatrixProduct by_columns_;
  std::vector<std::uint32_t> row_classes_;   // [row_count]
  std::vector<std::uint32_t> scatter_rows_;  // [scatter_count], ascending
  Standardisation standardisation_;
  PaddedBuffer<float> rows_;       // [row_count, feature_count], transformed and scaled
  PaddedBuffer<float> looked_;     // [sample_count, feature_count], with a second look
  PaddedBuffer<float> scattered_;  // [scatter_count, feature_count], of them those that scatter is taken from
  PaddedBuffer<float> gram_;       // [scatter_count, scatter_count]
  std::size_t gram_done_ = 0;

  // The fit under way.
  std::vector<std::uint32_t> fitted_rows_;  // positions among the scatter rows
  PaddedBuffer<float> means_;               // [class_count, feature_count]
  PaddedBuffer<float> along_means_;         // [scatter_count, class_count]
  PaddedBuffer<float> mean_products_;       // [class_count, class_count]
  double variance_ = 0;                     // tr S
  double ridge_ = 0;
  std::vector<float> factor_;  // [fitted_rows, fitted_rows], lower triangle
  std::size_t factored_ = 0;
  PaddedBuffer<float> shares_;  // [class_count, scatter_count]
  PaddedBuffer<float> sums_;    // [class_count, feature_count]
  std::vector<double> weights_;
  std::vector<float> rounded_weights_;
  std::vector<double> biases_;
};

}  // namespace headstart
