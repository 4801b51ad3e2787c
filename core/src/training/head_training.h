// What the kinds of training have in common, behind Trainer.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <vector>

#include "headstart/head.h"
#include "headstart/trainer.h"
#include "samples/folds.h"
#include "training/standardisation.h"
#include "training/training_rows.h"

namespace headstart {

// The samples of one run. `rows` reads the store: only start functions may use it for more than counts.
struct TrainingTask {
  TrainingRows rows;
  std::vector<std::uint32_t> class_indices;  // [sample_count]
  std::size_t class_count = 0;
  std::vector<std::string> labels;  // [class_count]
  TrainOptions options;
};

// Fills a head's numbers (not its labels) and its report in slices.
class HeadTraining {
 public:
  HeadTraining() = default;
  HeadTraining(const HeadTraining&) = delete;
  HeadTraining& operator=(const HeadTraining&) = delete;
  virtual ~HeadTraining() = default;

  virtual Result<TrainProgress> step() = 0;

  Head head;
  TrainReport report;
};

// The class of every row: a view's is its sample's. [row_count]
[[nodiscard]] std::vector<std::uint32_t> row_classes_of(const TrainingTask& task);

// The row of a sample's mirror image, where all views are used.
[[nodiscard]] inline std::size_t mirror_row(const TrainingTask& task, std::size_t sample_index) {
  return mirror_row(task.rows, sample_index);
}

Result<std::unique_ptr<HeadTraining>> start_logistic(TrainingTask task, const ComputePool& pool);
Result<std::unique_ptr<HeadTraining>> start_nearest_mean(TrainingTask task);
Result<std::unique_ptr<HeadTraining>> start_discriminant(TrainingTask task, const ComputePool& pool);
Result<std::unique_ptr<HeadTraining>> start_mlp(TrainingTask task, const ComputePool& pool);

// The temperature for the logits [row_count, class_count] of held-out samples `rows`, fitted to those that
// `fold` does not hold out, so that nothing of a sample that it is used for has been seen; kNeverHeldOut: to
// all. At least one must be left.
[[nodiscard]] double temperature_without(std::uint32_t fold, const TrainingTask& task, const Folds& folds,
                                         std::span<const std::uint32_t> rows, std::span<const float> logits);

// Writes a linear head over standardised features, `weights` [class_count, feature_count] and `biases`
// [class_count], as one over raw features with its temperature T in it:
//   (w . ((x - mean) scale) + b) / T = (w scale / T) . x + (b - w . (mean scale)) / T
void fold_in(std::span<const double> weights, std::span<const double> biases,
             const Standardisation& standardisation, double temperature, Head& head);

// What is said where a training's numbers are no longer finite.
[[nodiscard]] Error ran_away();

// Writes what was measured into the report. `rows` [held_out_count] are rows of the training set, `logits`
// [held_out_count, class_count] belong to them and are finite.
void report_held_out(TrainReport& report, const TrainingTask& task, std::span<const std::uint32_t> rows,
                     std::span<const float> logits);

}  // namespace headstart
