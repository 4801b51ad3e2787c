#include <algorithm>
#include <memory>
#include <optional>
#include <utility>

#include "headstart/buffer.h"
#include "training/head_training.h"
#include "training/nearest_mean/nearest_mean.h"

namespace headstart {
namespace {

// One fold per slice, then the fit to all.
class NearestMeanTraining final : public HeadTraining {
 public:
  NearestMeanTraining(TrainingTask task, PaddedBuffer<float> features)
      : task_(std::move(task)), features_(std::move(features)), row_classes_(row_classes_of(task_)) {
    folds_ = stratified_folds(task_.class_indices, task_.class_count, task_.options.fold_count,
                              task_.options.seed);
    scales_ = map_scales(rows(), task_.rows.map_sizes(), row_classes_.size());
    if (task_.rows.map_sizes().size() < 2) return;
    const std::size_t d = task_.rows.feature_count();
    for (std::size_t k = 0; k < features_.size(); ++k) features_.data()[k] *= scales_[k % d];
  }

  Result<TrainProgress> step() override {
    if (next_fold_ < folds_.fold_count) {
      measure_fold(next_fold_++);
      const auto fits = static_cast<double>(folds_.fold_count + 1);
      return TrainProgress{.fraction = static_cast<double>(next_fold_) / fits, .done = false};
    }
    if (head.biases.empty()) finish();
    return TrainProgress{.fraction = 1, .done = true};
  }

 private:
  [[nodiscard]] StridedRows rows() const {
    return {features_.span(), task_.rows.feature_count(), task_.rows.feature_count()};
  }

  // Nothing is left out for std::nullopt.
  LinearHead fit_without(std::optional<std::size_t> fold) {
    const std::size_t sample_count = task_.rows.sample_count();
    std::vector<std::uint8_t> is_training(row_classes_.size());
    for (std::size_t r = 0; r < is_training.size(); ++r) {
      is_training[r] = fold && folds_.fold_of_row[r % sample_count] == *fold ? 0 : 1;
    }
    ++report.evaluation_count;
    return fit_nearest_mean(rows(), sample_count, row_classes_, task_.class_count, is_training);
  }

  void measure_fold(std::size_t fold) {
    const LinearHead fitted = fit_without(fold);
    Head candidate;
    candidate.feature_count = task_.rows.feature_count();
    candidate.weights = fitted.weights;
    candidate.biases = fitted.biases;
    logits_.resize(task_.class_indices.size() * task_.class_count);
    std::vector<float> mirrored(task_.class_count);
    for (std::size_t i = 0; i < task_.class_indices.size(); ++i) {
      if (folds_.fold_of_row[i] != fold) continue;
      const std::span<float> out = std::span(logits_).subspan(i * task_.class_count, task_.class_count);
      // The sizes fit by construction.
      (void)head_logits(candidate, rows().row(i), out);
      if (task_.options.second_look == SecondLook::kNo) continue;
      // A linear head's answer to the mean of two rows is the mean of its answers.
      (void)head_logits(candidate, rows().row(mirror_row(task_, i)), mirrored);
      for (std::size_t c = 0; c < out.size(); ++c) out[c] = 0.5F * (out[c] + mirrored[c]);
    }
  }

  void finish() {
    const LinearHead fitted = fit_without(std::nullopt);
    head.feature_count = task_.rows.feature_count();
    head.weights = fitted.weights;
    head.biases = fitted.biases;
    for (std::size_t k = 0; k < head.weights.size(); ++k) {
      head.weights[k] *= scales_[k % scales_.size()];
    }
    report.temperature = 1 / fitted.sharpness;
    report.fold_count = folds_.fold_count;
    std::vector<std::uint32_t> rows;
    std::vector<float> logits;
    for (std::size_t i = 0; i < task_.class_indices.size() && folds_.fold_count > 0; ++i) {
      if (folds_.fold_of_row[i] == kNeverHeldOut) continue;
      rows.push_back(static_cast<std::uint32_t>(i));
      const auto row = std::span(logits_).subspan(i * task_.class_count, task_.class_count);
      logits.insert(logits.end(), row.begin(), row.end());
    }
    report_held_out(report, task_, rows, logits);
  }

  TrainingTask task_;
  PaddedBuffer<float> features_;  // [row_count, feature_count]
  std::vector<std::uint32_t> row_classes_;
  std::vector<float> scales_;  // [feature_count], folded into the head's weights
  Folds folds_;
  std::size_t next_fold_ = 0;
  std::vector<float> logits_;  // [sample_count, class_count], out of fold
};

}  // namespace

Result<std::unique_ptr<HeadTraining>> start_nearest_mean(TrainingTask task) {
  const std::size_t feature_count = task.rows.feature_count();
  Result<PaddedBuffer<float>> copy = PaddedBuffer<float>::create(task.rows.row_count() * feature_count);
  if (!copy) return copy.error();
  for (std::size_t r = 0; r < task.rows.row_count(); ++r) {
    task.rows.copy_row(r, copy.value().span().subspan(r * feature_count, feature_count));
  }
  return std::unique_ptr<HeadTraining>(
      std::make_unique<NearestMeanTraining>(std::move(task), std::move(copy).value()));
}

}  // namespace headstart
