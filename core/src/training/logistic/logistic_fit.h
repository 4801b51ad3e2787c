// One fit of multinomial logistic regression: the loss of one fold at one L2 strength, and its descent.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

#include "training/logistic/lbfgs.h"
#include "training/logistic/logistic_design.h"

namespace headstart {

// Minimises, over weights w_c and biases b_c of all classes,
//   loss = sum_i v_i (-ln p_i,y(i)) + l2 / 2 sum_c |w_c|^2,   p_i = softmax_c(w_c . x~_i + b_c),
// where sample i of a class with n training samples weighs v_i = 1 / (class_count n), and a held-out sample
// nothing. Its gradient by the logits of sample i is r_i = v_i (p_i - onehot(y(i))), so by w_c it is
// sum_i r_ic x~_i + l2 w_c and by b_c sum_i r_ic. The biases are free of the penalty.
//
// The caller multiplies by the samples, for many fits at once; a round is
//   gradient: residuals() times the samples -> set_gradient; plan(); logits of direction() -> walk().
class LogisticFit {
 public:
  struct Problem {
    const LogisticDesign* design = nullptr;        // must outlive the fit
    std::span<const std::uint32_t> class_indices;  // [row_count], must outlive the fit
    std::size_t class_count = 0;
    std::vector<std::uint8_t> is_training;  // [row_count]; 0 for extra rows
  };
  LogisticFit(const Problem& problem, double l2, std::size_t pair_count);

  // Where to start, instead of zero: coordinates [class_count, coordinate_count] then biases [class_count],
  // and the logits without biases [class_count, row_count] that belong to them.
  void start_at(std::vector<double> point, std::vector<double> logits);

  // Another strength, from where the fit stands; what is known of the curvature stays.
  void set_l2(double l2);

  // Whether the next round begins with a gradient; after set_l2 the last one serves.
  [[nodiscard]] bool needs_gradient() const { return !gradient_is_fresh_; }

  // [class_count, row_count]: the loss's gradient by the logits.
  [[nodiscard]] std::span<const double> residuals() const { return residuals_; }

  // Column `first` + c, of `stride`, of the product of the samples and the residuals.
  void set_gradient(std::span<const float> product, std::size_t first, std::size_t stride);

  // Chooses the direction; the decrease of the loss that a full step promises.
  double plan();

  // [class_count, coordinate_count]; needed with kFeatures only, whose logits then come by
  // set_direction_logits, laid out as for set_gradient.
  [[nodiscard]] std::span<const double> direction() const;
  void set_direction_logits(std::span<const float> product, std::size_t first, std::size_t stride);

  // Goes along the direction. False when the loss falls no further.
  bool walk();

  [[nodiscard]] double l2() const { return l2_; }
  [[nodiscard]] std::size_t class_count() const { return class_count_; }
  [[nodiscard]] std::span<const double> coordinates() const;
  [[nodiscard]] std::span<const double> biases() const;
  [[nodiscard]] const std::vector<double>& point() const { return point_.values; }
  [[nodiscard]] const std::vector<double>& logits() const { return logits_; }  // without biases
  [[nodiscard]] double logit(std::size_t sample_index, std::size_t class_index) const;
  [[nodiscard]] std::size_t evaluation_count() const { return evaluation_count_; }
  [[nodiscard]] double loss() const { return here_.value; }

 private:
  class Line;
  class Curvature;
  LineValue evaluate(double step);
  LineValue evaluate_block(double step, std::size_t begin, std::size_t count);
  [[nodiscard]] std::size_t coordinate_size() const { return class_count_ * design_->coordinate_count(); }
  [[nodiscard]] double penalty_product(const DualVector& left, const DualVector& right) const;
  [[nodiscard]] bool is_preconditioned() const { return !design_->directions().empty(); }
  [[nodiscard]] bool in_samples() const { return design_->coordinates() == Coordinates::kSamples; }

  const LogisticDesign* design_;
  std::span<const std::uint32_t> class_indices_;
  std::size_t class_count_;
  std::vector<double> sample_weights_;  // [row_count], v_i
  double l2_;
  Lbfgs lbfgs_;

  DualVector point_;                      // coordinates, then biases; dual: logits, then biases
  std::vector<double> logits_;            // [class_count, row_count], at the point
  std::vector<double> direction_logits_;  // [class_count, row_count]
  DualVector gradient_;
  const DualVector* direction_ = nullptr;  // lbfgs_'s
  std::vector<double> residuals_;          // [class_count, row_count]
  std::vector<double> block_;              // [class_count + 2, kBlock]: scratch of evaluate_block
  double point_square_ = 0;                // |w|^2, w.d, |d|^2: the penalty along the line
  double point_direction_ = 0;
  double direction_square_ = 0;
  double data_loss_ = 0;  // the loss without its penalty, where it was evaluated last
  LineValue here_;
  bool gradient_is_fresh_ = false;
  std::size_t evaluation_count_ = 0;
};

}  // namespace headstart
