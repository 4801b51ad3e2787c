// Multinomial logistic regression from start to head: prepare, choose the strength, fit all, calibrate, fold
// in.
#include <algorithm>
#include <iterator>
#include <memory>
#include <optional>
#include <utility>

#include "training/head_training.h"
#include "training/logistic/joint_descent.h"
#include "training/logistic/logistic_design.h"
#include "training/logistic/logistic_fit.h"
#include "training/logistic/logistic_path.h"

namespace headstart {
namespace {

// From under-fitted to nearly separated on every set tried, half a decade apart.
constexpr double kStrengths[] = {1e-1,        3.162278e-2, 1e-2,        3.162278e-3, 1e-3,
                                 3.162278e-4, 1e-4,        3.162278e-5, 1e-5,        3.162278e-6};
// With one sample per class and the usual strength, 0.6 (5 classes) to 0.9 (2 classes) is best.
constexpr double kUsualTemperature = 0.7;
constexpr std::size_t kPairCount = 10;
// Far below what moves a probability by 1e-4, so that builds that round differently agree on the head.
constexpr DescentOptions kFinalDescent{.tolerance = 1e-9, .most_rounds = 300};

// Shares of the progress bar.
constexpr double kPrepareShare = 0.2;
constexpr double kPathShare = 0.6;

class LogisticTraining final : public HeadTraining {
 public:
  LogisticTraining(TrainingTask task, LogisticDesign design)
      : task_(std::move(task)), design_(std::move(design)), descent_(design_) {
    folds_ = stratified_folds(task_.class_indices, task_.class_count, task_.options.fold_count,
                              task_.options.seed);
    row_classes_ = row_classes_of(task_);
  }

  Result<TrainProgress> step() override {
    Status status;
    switch (stage_) {
      case Stage::kPrepare:
        status = prepare();
        break;
      case Stage::kPath:
        status = follow_path();
        break;
      case Stage::kCalibrate:
        status = calibrate();
        break;
      case Stage::kFinal:
        status = descend();
        break;
      case Stage::kDone:
        break;
    }
    if (!status) return status.error();
    return TrainProgress{.fraction = fraction(), .done = stage_ == Stage::kDone};
  }

 private:
  enum class Stage : std::uint8_t { kPrepare, kPath, kCalibrate, kFinal, kDone };

  [[nodiscard]] double fraction() const {
    if (stage_ == Stage::kPrepare) return kPrepareShare * design_.prepared_fraction();
    if (stage_ == Stage::kPath) return kPrepareShare + kPathShare * path_->fraction();
    return stage_ == Stage::kDone ? 1 : kPrepareShare + kPathShare;
  }

  [[nodiscard]] double usual_strength() const {
    return headstart::usual_strength(task_.rows.map_sizes().size(), task_.rows.view_count());
  }

  Status prepare() {
    const Result<bool> ready = design_.prepare();
    if (!ready) return ready.error();
    if (!ready.value()) return {};
    if (folds_.fold_count < 2) {
      report.l2 = task_.options.l2.value_or(usual_strength());
      report.temperature = task_.options.temperature.value_or(task_.options.l2 ? 1 : kUsualTemperature);
      report_held_out(report, task_, {}, {});
      return start_final();
    }
    std::vector<double> strengths(std::begin(kStrengths), std::end(kStrengths));
    if (task_.options.l2) strengths = {*task_.options.l2};
    path_.emplace(LogisticPath::Problem{.design = &design_,
                                        .class_indices = row_classes_,
                                        .class_count = task_.class_count,
                                        .folds = &folds_,
                                        .second_look = task_.options.second_look,
                                        .strengths = std::move(strengths),
                                        .usual_strength = usual_strength()});
    stage_ = Stage::kPath;
    return {};
  }

  Status follow_path() {
    const Result<bool> done = path_->step();
    if (!done) return done.error();
    if (!done.value()) return {};
    report.l2_candidates = path_->candidates();
    report.l2 = report.l2_candidates[path_->best_index()].l2;
    report.evaluation_count = path_->evaluation_count();
    calibrated_.assign(path_->best_logits().begin(), path_->best_logits().end());
    stage_ = Stage::kCalibrate;
    return {};
  }

  // The head's temperature comes from all held-out logits; what is reported for a fold is calibrated by the
  // other folds alone, so that nothing of a measured picture has been seen. One fold per slice.
  Status calibrate() {
    if (next_fold_ < folds_.fold_count) {
      calibrate_fold(next_fold_++);
      return {};
    }
    report.temperature = temperature_without(kNeverHeldOut);
    report.fold_count = folds_.fold_count;
    report_held_out(report, task_, path_->held_out_rows(), calibrated_);
    return start_final();
  }

  void calibrate_fold(std::size_t fold) {
    const auto temperature = static_cast<float>(temperature_without(static_cast<std::uint32_t>(fold)));
    const std::span<const std::uint32_t> rows = path_->held_out_rows();
    for (std::size_t k = 0; k < rows.size(); ++k) {
      if (folds_.fold_of_row[rows[k]] != fold) continue;
      for (std::size_t c = 0; c < task_.class_count; ++c)
        calibrated_[k * task_.class_count + c] /= temperature;
    }
  }

  [[nodiscard]] double temperature_without(std::uint32_t fold) const {
    return headstart::temperature_without(fold, task_, folds_, path_->held_out_rows(), path_->best_logits());
  }

  // The last fit sees every sample. It starts from the mean of the folds, which is nearly there.
  Status start_final() {
    final_.emplace(LogisticFit::Problem{.design = &design_,
                                        .class_indices = row_classes_,
                                        .class_count = task_.class_count,
                                        .is_training = std::vector<std::uint8_t>(row_classes_.size(), 1)},
                   report.l2, kPairCount);
    if (path_) {
      final_->start_at(path_->take_mean_point(), path_->take_mean_logits());
    }
    path_.reset();
    start_descent();
    return {};
  }

  void start_descent() {
    stage_ = Stage::kFinal;
    descent_.start({&*final_}, kFinalDescent);
  }

  Status descend() {
    const Result<bool> converged = descent_.step();
    if (!converged) return converged.error();
    if (!converged.value()) return {};
    report.evaluation_count += final_->evaluation_count();
    fold_in(design_.weights(final_->coordinates(), task_.class_count), final_->biases(),
            design_.standardisation(), report.temperature, head);
    stage_ = Stage::kDone;
    return {};
  }

  TrainingTask task_;
  LogisticDesign design_;
  JointDescent descent_;
  Folds folds_;
  std::vector<std::uint32_t> row_classes_;  // [row_count] of the design
  Stage stage_ = Stage::kPrepare;
  std::optional<LogisticPath> path_;
  std::size_t next_fold_ = 0;
  std::vector<float>
      calibrated_;  // [held_out_count, class_count]: each fold's logits by the others' temperature
  std::optional<LogisticFit> final_;
};

}  // namespace

Result<std::unique_ptr<HeadTraining>> start_logistic(TrainingTask task, const ComputePool& pool) {
  Result<LogisticDesign> design = LogisticDesign::create(task.rows, pool);
  if (!design) return design.error();
  return std::unique_ptr<HeadTraining>(
      std::make_unique<LogisticTraining>(std::move(task), std::move(design).value()));
}

}  // namespace headstart
