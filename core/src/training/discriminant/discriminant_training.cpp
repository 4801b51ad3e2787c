// Shrunk linear discriminant analysis from start to head: a fit without each fold, one to all, calibrate,
// fold in.
#include <algorithm>
#include <memory>
#include <utility>

#include "training/discriminant/discriminant_fit.h"
#include "training/head_training.h"

namespace headstart {
namespace {

// What held-out pictures ask for with two of each class: 0.15 to 0.22.
constexpr double kUsualTemperature = 0.2;
constexpr double kPrepareShare = 0.2;

class DiscriminantTraining final : public HeadTraining {
 public:
  DiscriminantTraining(TrainingTask task, DiscriminantFit discriminant)
      : task_(std::move(task)), discriminant_(std::move(discriminant)), class_count_(task_.class_count) {
    folds_ =
        stratified_folds(task_.class_indices, class_count_, task_.options.fold_count, task_.options.seed);
  }

  Result<TrainProgress> step() override {
    if (is_done_) return TrainProgress{.fraction = 1, .done = true};
    if (!is_prepared_) {
      const Result<bool> prepared = discriminant_.prepare();
      if (!prepared) return prepared.error();
      is_prepared_ = prepared.value();
    } else if (!is_fitting_) {
      if (const Status started = start_fit(); !started) return started.error();
    } else {
      const Result<bool> fitted = discriminant_.step();
      if (!fitted) return fitted.error();
      if (fitted.value()) finish_fit();
    }
    return TrainProgress{.fraction = fraction(), .done = is_done_};
  }

 private:
  // The last fit, after those without a fold each, is to all.
  [[nodiscard]] bool is_last_fit() const { return fit_ == folds_.fold_count; }
  [[nodiscard]] std::uint32_t fold_of(std::size_t sample_index) const {
    return folds_.fold_count == 0 ? kNeverHeldOut : folds_.fold_of_row[sample_index];
  }

  [[nodiscard]] double fraction() const {
    if (is_done_) return 1;
    if (!is_prepared_) return kPrepareShare * discriminant_.prepared_fraction();
    const double within = is_fitting_ ? discriminant_.fitted_fraction() : 0;
    const auto fits = static_cast<double>(folds_.fold_count + 1);
    return std::min(0.999, kPrepareShare + (1 - kPrepareShare) * (static_cast<double>(fit_) + within) / fits);
  }

  Status start_fit() {
    // A class with one sample is never held out, so every class has a row.
    std::vector<std::uint8_t> is_training(task_.rows.row_count());
    for (std::size_t r = 0; r < is_training.size(); ++r) {
      is_training[r] = is_last_fit() || fold_of(r % task_.rows.sample_count()) != fit_ ? 1 : 0;
    }
    ++report.evaluation_count;
    is_fitting_ = true;
    return discriminant_.start(is_training);
  }

  void finish_fit() {
    is_fitting_ = false;
    if (is_last_fit()) {
      finish();
      return;
    }
    answer_held_out();
    ++fit_;
  }

  void answer_held_out() {
    const std::size_t sample_count = task_.rows.sample_count();
    logits_.resize(sample_count * class_count_);
    for (std::size_t i = 0; i < sample_count; ++i) {
      if (fold_of(i) != fit_) continue;
      for (std::size_t c = 0; c < class_count_; ++c) {
        logits_[i * class_count_ + c] = static_cast<float>(discriminant_.logit(i, c));
      }
    }
  }

  void finish() {
    std::vector<std::uint32_t> rows;
    std::vector<float> logits;
    for (std::uint32_t i = 0; i < task_.class_indices.size(); ++i) {
      if (fold_of(i) == kNeverHeldOut) continue;
      rows.push_back(i);
      const auto own = std::span(logits_).subspan(i * class_count_, class_count_);
      logits.insert(logits.end(), own.begin(), own.end());
    }
    report.fold_count = folds_.fold_count;
    report.temperature = rows.empty() ? task_.options.temperature.value_or(kUsualTemperature)
                                      : temperature_without(kNeverHeldOut, task_, folds_, rows, logits);
    // What is reported of a fold is calibrated by the others alone.
    std::vector<float> calibrated(logits.size());
    for (std::uint32_t fold = 0; fold < folds_.fold_count; ++fold) {
      const auto temperature = static_cast<float>(temperature_without(fold, task_, folds_, rows, logits));
      for (std::size_t k = 0; k < calibrated.size(); ++k) {
        if (fold_of(rows[k / class_count_]) == fold) calibrated[k] = logits[k] / temperature;
      }
    }
    report_held_out(report, task_, rows, calibrated);
    fold_in(discriminant_.weights(), discriminant_.biases(), discriminant_.standardisation(),
            report.temperature, head);
    head.transform = task_.rows.transform();
    head.map_sizes.assign(task_.rows.map_sizes().begin(), task_.rows.map_sizes().end());
    is_done_ = true;
  }

  TrainingTask task_;
  DiscriminantFit discriminant_;
  std::size_t class_count_;
  Folds folds_;
  std::size_t fit_ = 0;
  bool is_prepared_ = false;
  bool is_fitting_ = false;
  bool is_done_ = false;
  std::vector<float> logits_;  // [sample_count, class_count], out of fold
};

}  // namespace

Result<std::unique_ptr<HeadTraining>> start_discriminant(TrainingTask task, const ComputePool& pool) {
  Result<DiscriminantFit> fit = DiscriminantFit::create(task.rows, row_classes_of(task), task.class_count,
                                                        task.options.second_look, pool);
  if (!fit) return fit.error();
  return std::unique_ptr<HeadTraining>(
      std::make_unique<DiscriminantTraining>(std::move(task), std::move(fit).value()));
}

}  // namespace headstart
