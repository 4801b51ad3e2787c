// Chooses the L2 strength by cross-validation: every fold is fitted at the usual strength first, then at
// weaker and stronger ones as long as they are better.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <vector>

#include "headstart/trainer.h"
#include "samples/folds.h"
#include "training/logistic/joint_descent.h"
#include "training/logistic/logistic_design.h"
#include "training/logistic/logistic_fit.h"

namespace headstart {

// The strength to use where nothing speaks for another. On the last layer alone best or next to best from 5
// to 40 samples per class on 15 pairs of picture set and backbone; joined layers and views, which are harder
// to learn by heart, want less.
[[nodiscard]] constexpr double usual_strength(std::size_t map_count, std::size_t view_count) {
  if (view_count > 0) return 3.162278e-5;
  return map_count > 1 ? 1e-4 : 3.162278e-4;
}

// Of the strengths whose out-of-fold log loss is not above the least by more than one standard error of their
// difference, sample by sample, the one nearest to the usual: with few samples the least is mostly luck. (On
// the 15 pairs this is as good or better in accuracy and log loss than the plain minimum at 5, 10, 20 and 40
// samples per class; the one-standard-error rule towards the strongest is worse by up to 2 points.)
//
// Folds whose products are wide enough by themselves are fitted in groups, which bounds the memory.
class LogisticPath {
 public:
  struct Problem {
    LogisticDesign* design = nullptr;  // prepared; must outlive the path, like class_indices and folds
    std::span<const std::uint32_t> class_indices;  // [row_count]; row r is of sample r % sample_count
    std::size_t class_count = 0;
    const Folds* folds = nullptr;              // over the samples
    SecondLook second_look = SecondLook::kNo;  // kMirrored: the row behind the samples' is the mirror image's
    std::vector<double> strengths;             // falling
    double usual_strength = 0;
  };
  explicit LogisticPath(const Problem& problem);

  // One slice; true when the path is done.
  Result<bool> step();
  [[nodiscard]] double fraction() const;

  // After done.
  [[nodiscard]] const std::vector<L2Candidate>& candidates() const { return candidates_; }
  [[nodiscard]] std::size_t best_index() const { return best_index_; }
  // [held_out_count, class_count], in the order of the held-out rows, at the best strength.
  [[nodiscard]] std::span<const float> best_logits() const { return logits_[best_index_]; }
  [[nodiscard]] std::span<const std::uint32_t> held_out_rows() const { return held_out_rows_; }
  // The mean over the folds of their coordinates and biases, and of their logits, at the best strength.
  [[nodiscard]] std::vector<double> take_mean_point() { return std::move(mean_points_[best_index_]); }
  [[nodiscard]] std::vector<double> take_mean_logits() { return std::move(mean_logits_[best_index_]); }
  [[nodiscard]] std::size_t evaluation_count() const { return evaluation_count_; }

 private:
  void start_group();
  void start_strength();
  void finish_strength();
  void finish_group();
  [[nodiscard]] double ratio_to_usual(double strength) const;
  [[nodiscard]] std::optional<std::size_t> next_strength() const;
  void keep_visited();
  void judge(std::size_t strength_index);
  [[nodiscard]] double held_out_logit(const LogisticFit& fit, std::size_t row, std::size_t class_index) const;
  [[nodiscard]] bool is_nearly_best(std::size_t strength_index, std::size_t least_index) const;
  void choose();

  Problem problem_;
  JointDescent descent_;
  std::vector<std::uint32_t> held_out_rows_;
  std::vector<std::uint32_t> held_out_classes_;  // [held_out_count]
  std::size_t folds_per_group_;
  std::size_t group_begin_ = 0;
  std::vector<LogisticFit> fits_;           // of the group
  std::vector<std::size_t> order_;          // of the strengths, as they are tried
  std::size_t position_ = 0;                // of order_
  std::vector<std::vector<float>> logits_;  // per strength
  std::vector<std::vector<double>> mean_points_;
  std::vector<std::vector<double>> mean_logits_;
  std::vector<L2Candidate> candidates_;
  std::vector<std::vector<double>> losses_;  // per strength and held-out sample, after its temperature
  std::size_t best_index_ = 0;
  std::size_t evaluation_count_ = 0;
  bool done_ = false;
};

}  // namespace headstart
