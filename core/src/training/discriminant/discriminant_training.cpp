// Shrunk linear discriminant analysis from start to head: fits without each fold, as many as there are ridges
// to choose from, the best ridge once more to all, calibrate, fold in.
#include <algorithm>
#include <array>
#include <memory>
#include <utility>

#include "headstart/metrics.h"
#include "training/discriminant/discriminant_fit.h"
#include "training/head_training.h"

namespace headstart {
namespace {

// What held-out pictures ask for with two of each class: 0.15 to 0.22.
constexpr double kUsualTemperature = 0.2;
// What a second picture of each class does to the temperature that fits to one of each ask for. On three sets
// of pictures and two backbones the log loss was least with 0.25 to 0.7 of it.
constexpr double kSharpenedByASecond = 0.5;
constexpr double kPrepareShare = 0.2;
// In total variances, the usual first. On six sets of pictures and three networks (5, 10 and 20 per class,
// joined layers) the best one is .01 or more with 5 pictures of a class and .001 with 20 sign digits. The
// choice is .1 to .9 points better than the one that is best for all, and up to 3 for a single set; .03 as a
// fourth makes it worse.
constexpr std::array<double, 3> kRidges = {0.01, 0.003, 0.001};
// Beyond so many rows a fit is dear, and two folds hold out enough pictures to choose by.
constexpr std::size_t kFewRows = 512;
constexpr std::size_t kFoldsToChooseBy = 2;

// Of each ridge, the logits of its fits for the pictures that they were without.
using HeldOutLogits = std::array<std::vector<float>, kRidges.size()>;

class DiscriminantTraining final : public HeadTraining {
 public:
  DiscriminantTraining(TrainingTask task, DiscriminantFit discriminant)
      : task_(std::move(task)), discriminant_(std::move(discriminant)), class_count_(task_.class_count) {
    folds_ =
        stratified_folds(task_.class_indices, class_count_, task_.options.fold_count, task_.options.seed);
    for (std::vector<float>& logits : logits_) logits.resize(task_.class_indices.size() * class_count_);
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
  [[nodiscard]] bool is_last_fit() const { return fold_ == folds_.fold_count; }
  [[nodiscard]] std::uint32_t fold_of(std::size_t sample_index) const {
    return folds_.fold_count == 0 ? kNeverHeldOut : folds_.fold_of_row[sample_index];
  }

  [[nodiscard]] double fraction() const {
    if (is_done_) return 1;
    if (!is_prepared_) return kPrepareShare * discriminant_.prepared_fraction();
    const double within = is_fitting_ ? discriminant_.fitted_fraction() : 0;
    const auto ridges = static_cast<double>(kRidges.size());
    const auto fits = static_cast<double>(folds_.fold_count + 1);
    const double done = static_cast<double>(fold_) + (static_cast<double>(ridge_) + within) / ridges;
    return std::min(0.999, kPrepareShare + (1 - kPrepareShare) * done / fits);
  }

  // The next ridge for the rows that are chosen, or the first for the next rows.
  Status start_fit() {
    if (ridge_ == 0) {
      // A class with one sample is never held out, so every class has a row.
      std::vector<std::uint8_t> is_training(task_.rows.row_count());
      for (std::size_t r = 0; r < is_training.size(); ++r) {
        is_training[r] = is_last_fit() || fold_of(r % task_.rows.sample_count()) != fold_ ? 1 : 0;
      }
      if (const Status started = discriminant_.start(is_training); !started) return started;
      if (fold_ == 0) is_dear_ = discriminant_.fitted_count() > kFewRows;
      if (const bool is_chosen = is_last_fit() || (is_dear_ && fold_ == kFoldsToChooseBy); is_chosen) {
        chosen_ = choose(kNeverHeldOut);
      }
    }
    ++report.evaluation_count;
    is_fitting_ = true;
    discriminant_.shrink(kRidges[compares() ? ridge_ : chosen_]);
    return {};
  }

  // Whether every ridge is fitted to the rows that are chosen.
  [[nodiscard]] bool compares() const { return !is_last_fit() && (!is_dear_ || fold_ < kFoldsToChooseBy); }

  void finish_fit() {
    is_fitting_ = false;
    if (is_last_fit()) {
      finish();
      return;
    }
    answer_held_out(compares() ? ridge_ : chosen_);
    ++ridge_;
    if (ridge_ < kRidges.size() && compares()) return;
    ridge_ = 0;
    ++fold_;
  }

  void answer_held_out(std::size_t ridge) {
    for (std::size_t i = 0; i < task_.rows.sample_count(); ++i) {
      if (fold_of(i) != fold_) continue;
      for (std::size_t c = 0; c < class_count_; ++c) {
        logits_[ridge][i * class_count_ + c] = static_cast<float>(discriminant_.logit(i, c));
      }
    }
  }

  // The pictures that folds below `fold_end` hold out, but for those of `without`.
  [[nodiscard]] std::vector<std::uint32_t> held_out(std::size_t fold_end, std::uint32_t without) const {
    std::vector<std::uint32_t> rows;
    for (std::uint32_t i = 0; i < task_.class_indices.size(); ++i) {
      if (fold_of(i) < fold_end && fold_of(i) != without) rows.push_back(i);
    }
    return rows;
  }

  [[nodiscard]] std::vector<float> logits_of(std::size_t ridge, std::span<const std::uint32_t> rows) const {
    std::vector<float> logits;
    for (const std::uint32_t row : rows) {
      const auto own = std::span(logits_[ridge]).subspan(row * class_count_, class_count_);
      logits.insert(logits.end(), own.begin(), own.end());
    }
    return logits;
  }

  // The ridge with the least log loss, each at its own best temperature, on pictures held out of its fits,
  // without those of one fold; the usual one where there are none.
  [[nodiscard]] std::size_t choose(std::uint32_t without) const {
    const std::vector<std::uint32_t> rows =
        held_out(is_dear_ ? kFoldsToChooseBy : folds_.fold_count, without);
    if (rows.empty() || leaves_single_pictures()) return 0;
    std::vector<std::uint32_t> classes;
    for (const std::uint32_t row : rows) classes.push_back(task_.class_indices[row]);
    std::array<double, kRidges.size()> losses{};
    for (std::size_t ridge = 0; ridge < kRidges.size(); ++ridge) {
      std::vector<float> logits = logits_of(ridge, rows);
      const auto temperature = static_cast<float>(fit_temperature(logits, classes, class_count_));
      for (float& logit : logits) logit /= temperature;
      losses[ridge] = measure(logits, classes, class_count_).log_loss;
    }
    return static_cast<std::size_t>(std::ranges::min_element(losses) - losses.begin());
  }

  // Whether folds leave one picture of every class at the most. How pictures of a class differ is unknown to
  // their fits then: no ridge can be chosen by them, and their temperature is that of single pictures.
  [[nodiscard]] bool leaves_single_pictures() const {
    std::vector<std::size_t> counts(class_count_);
    for (const std::uint32_t index : task_.class_indices) ++counts[index];
    return *std::ranges::max_element(counts) <= 2;
  }

  void finish() {
    const std::vector<std::uint32_t> rows = held_out(folds_.fold_count, kNeverHeldOut);
    std::vector<float> logits = logits_of(chosen_, rows);
    report.fold_count = folds_.fold_count;
    report.temperature = rows.empty() ? task_.options.temperature.value_or(kUsualTemperature)
                                      : temperature_without(kNeverHeldOut, task_, folds_, rows, logits);
    if (!rows.empty() && leaves_single_pictures()) report.temperature *= kSharpenedByASecond;
    // What is reported of a fold was chosen and is calibrated by the others alone. (With many rows all folds
    // have the same ridge: two of them are too few to choose by in turn, and that many choose nothing else.)
    std::vector<float> calibrated(logits.size());
    for (std::uint32_t fold = 0; fold < folds_.fold_count; ++fold) {
      if (!is_dear_) logits = logits_of(choose(fold), rows);
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
  std::uint32_t fold_ = 0;  // the one that the fit under way is without
  std::size_t ridge_ = 0;   // the next to be fitted
  std::size_t chosen_ = 0;
  bool is_dear_ = false;
  bool is_prepared_ = false;
  bool is_fitting_ = false;
  bool is_done_ = false;
  HeldOutLogits logits_;  // each [sample_count, class_count]
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
