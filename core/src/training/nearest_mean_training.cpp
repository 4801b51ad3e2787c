#include <algorithm>
#include <memory>
#include <optional>
#include <utility>

#include "headstart/buffer.h"
#include "training/head_training.h"
#include "training/nearest_mean.h"

namespace headstart {
namespace {

// One fold per slice, then the fit to all.
class NearestMeanTraining final : public HeadTraining {
 public:
  NearestMeanTraining(TrainingTask task, PaddedBuffer<float> embeddings)
      : task_(std::move(task)), embeddings_(std::move(embeddings)) {
    folds_ = stratified_folds(task_.class_indices, task_.class_count, task_.options.fold_count,
                              task_.options.seed);
    task_.embeddings = embeddings_.span();
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
  // Nothing is left out for std::nullopt.
  LinearHead fit_without(std::optional<std::size_t> fold) {
    std::vector<std::uint8_t> is_training(task_.class_indices.size());
    for (std::size_t i = 0; i < is_training.size(); ++i) {
      is_training[i] = fold && folds_.fold_of_row[i] == *fold ? 0 : 1;
    }
    ++report.evaluation_count;
    return fit_nearest_mean(task_.embeddings, task_.feature_count, task_.class_indices, task_.class_count,
                            is_training);
  }

  void measure_fold(std::size_t fold) {
    const LinearHead fitted = fit_without(fold);
    head.feature_count = task_.feature_count;
    Head candidate = head;
    candidate.weights = fitted.weights;
    candidate.biases = fitted.biases;
    logits_.resize(task_.class_indices.size() * task_.class_count);
    for (std::size_t i = 0; i < task_.class_indices.size(); ++i) {
      if (folds_.fold_of_row[i] != fold) continue;
      const std::span<float> out = std::span(logits_).subspan(i * task_.class_count, task_.class_count);
      // The sizes fit by construction.
      (void)head_logits(candidate, task_.embeddings.subspan(i * task_.feature_count, task_.feature_count),
                        out);
    }
  }

  void finish() {
    const LinearHead fitted = fit_without(std::nullopt);
    head.feature_count = task_.feature_count;
    head.weights = fitted.weights;
    head.biases = fitted.biases;
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
  PaddedBuffer<float> embeddings_;
  Folds folds_;
  std::size_t next_fold_ = 0;
  std::vector<float> logits_;  // [sample_count, class_count], out of fold
};

}  // namespace

Result<std::unique_ptr<HeadTraining>> start_nearest_mean(TrainingTask task) {
  Result<PaddedBuffer<float>> copy = PaddedBuffer<float>::create(task.embeddings.size());
  if (!copy) return copy.error();
  std::copy(task.embeddings.begin(), task.embeddings.end(), copy.value().data());
  return std::unique_ptr<HeadTraining>(
      std::make_unique<NearestMeanTraining>(std::move(task), std::move(copy).value()));
}

}  // namespace headstart
