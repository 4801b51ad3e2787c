// Teachable Machine's head and recipe, for comparison and for people who want it
// (googlecreativelab/teachablemachine-community, libraries/image, teachable-mobilenet.ts):
//   dense 100, ReLU, bias; dense class_count, softmax, no bias; both weights from a truncated normal of
//   deviation sqrt(1 / fan_in); cross-entropy; Adam at 1e-3; 50 epochs of batches of 16 in one fixed order;
//   of each class ceil(0.15 n) samples, from the end of a shuffle, held out; the last epoch is kept.
#include <algorithm>
#include <cmath>
#include <memory>
#include <utility>

#include "base/matrix_product.h"
#include "base/random.h"
#include "headstart/buffer.h"
#include "training/head_training.h"
#include "training/mlp/mlp.h"

namespace headstart {
namespace {

constexpr double kHeldOutShare = 0.15;
constexpr std::size_t kMultiplyAddsPerSlice = 1u << 24u;
constexpr std::size_t kMeasuredAtOnce = 256;  // rows

struct Split {
  std::vector<std::uint32_t> training;
  std::vector<std::uint32_t> held_out;
};

Split split_rows(const TrainingTask& task, Random& random) {
  std::vector<std::vector<std::uint32_t>> rows_of_class(task.class_count);
  for (std::size_t i = 0; i < task.class_indices.size(); ++i) {
    rows_of_class[task.class_indices[i]].push_back(static_cast<std::uint32_t>(i));
  }
  Split split;
  for (auto& rows : rows_of_class) {
    shuffle(rows, random);
    const auto held_out =
        static_cast<std::size_t>(std::ceil(kHeldOutShare * static_cast<double>(rows.size())));
    const auto middle = rows.end() - static_cast<std::ptrdiff_t>(held_out);
    split.training.insert(split.training.end(), rows.begin(), middle);
    split.held_out.insert(split.held_out.end(), middle, rows.end());
  }
  shuffle(split.training, random);
  shuffle(split.held_out, random);
  return split;
}

Result<PaddedBuffer<float>> gather(const TrainingTask& task, std::span<const std::uint32_t> rows) {
  Result<PaddedBuffer<float>> out = PaddedBuffer<float>::create(rows.size() * task.rows.feature_count());
  if (!out) return out.error();
  for (std::size_t k = 0; k < rows.size(); ++k) {
    const std::size_t count = task.rows.feature_count();
    task.rows.copy_row(rows[k], out.value().span().subspan(k * count, count));
  }
  return out;
}

class MlpTraining final : public HeadTraining {
 public:
  MlpTraining(TrainingTask task, Split split, PaddedBuffer<float> training, PaddedBuffer<float> held_out,
              Mlp mlp)
      : task_(std::move(task)),
        split_(std::move(split)),
        training_(std::move(training)),
        held_out_(std::move(held_out)),
        mlp_(std::move(mlp)) {
    for (const std::uint32_t row : split_.training) training_classes_.push_back(task_.class_indices[row]);
  }

  Result<TrainProgress> step() override {
    const std::size_t per_row = task_.rows.feature_count() * task_.options.hidden_count;
    std::size_t budget = kMultiplyAddsPerSlice;
    while (epoch_ < task_.options.epoch_count) {
      const std::size_t count = std::min(task_.options.batch_size, split_.training.size() - next_row_);
      const Status trained = mlp_.train_batch(training_.data() + next_row_ * task_.rows.feature_count(),
                                              std::span(training_classes_).subspan(next_row_, count));
      if (!trained) return trained.error();
      ++report.evaluation_count;
      next_row_ += count;
      if (next_row_ == split_.training.size()) {
        next_row_ = 0;
        ++epoch_;
      }
      if (budget <= count * per_row) break;
      budget -= count * per_row;
    }
    if (epoch_ < task_.options.epoch_count) return TrainProgress{.fraction = fraction(), .done = false};
    if (const Status measured = measure_rows(); !measured) return measured.error();
    const bool done = measured_count_ == split_.held_out.size();
    if (done) finish();
    return TrainProgress{.fraction = done ? 1 : fraction(), .done = done};
  }

 private:
  [[nodiscard]] double fraction() const {
    const double within = static_cast<double>(next_row_) / static_cast<double>(split_.training.size());
    return 0.98 * (static_cast<double>(epoch_) + within) / static_cast<double>(task_.options.epoch_count);
  }

  Status measure_rows() {
    const std::size_t count = std::min(kMeasuredAtOnce, split_.held_out.size() - measured_count_);
    logits_.resize(split_.held_out.size() * task_.class_count);
    const Status status = mlp_.predict(held_out_.data() + measured_count_ * task_.rows.feature_count(), count,
                                       std::span(logits_).subspan(measured_count_ * task_.class_count));
    if (!status) return status;
    const auto measured =
        std::span(logits_).subspan(measured_count_ * task_.class_count, count * task_.class_count);
    if (!std::ranges::all_of(measured, [](float logit) { return std::isfinite(logit); })) return ran_away();
    measured_count_ += count;
    return {};
  }

  void finish() {
    // By ascending row, as the report promises.
    std::vector<std::size_t> order(split_.held_out.size());
    for (std::size_t k = 0; k < order.size(); ++k) order[k] = k;
    std::sort(order.begin(), order.end(), [&](std::size_t left, std::size_t right) {
      return split_.held_out[left] < split_.held_out[right];
    });
    std::vector<std::uint32_t> rows;
    std::vector<float> logits;
    for (const std::size_t k : order) {
      rows.push_back(split_.held_out[k]);
      const auto row = std::span(logits_).subspan(k * task_.class_count, task_.class_count);
      logits.insert(logits.end(), row.begin(), row.end());
    }
    report_held_out(report, task_, rows, logits);
    head.feature_count = task_.rows.feature_count();
    mlp_.write(head);
  }

  TrainingTask task_;
  Split split_;
  PaddedBuffer<float> training_;  // [training_count, feature_count], in the order of the batches
  PaddedBuffer<float> held_out_;  // [held_out_count, feature_count]
  Mlp mlp_;
  std::vector<std::uint32_t> training_classes_;
  std::size_t epoch_ = 0;
  std::size_t next_row_ = 0;
  std::size_t measured_count_ = 0;
  std::vector<float> logits_;  // [held_out_count, class_count]
};

}  // namespace

Result<std::unique_ptr<HeadTraining>> start_mlp(TrainingTask task, const ComputePool& pool) {
  if (task.options.views != ViewUse::kNone) {
    return bad_argument("the multilayer perceptron learns from the pictures alone, without views");
  }
  Random random(task.options.seed);
  Split split = split_rows(task, random);
  if (split.training.empty()) {
    return too_few_samples(
        "this head sets one picture of each class aside to check with: record at least two per class");
  }
  Result<PaddedBuffer<float>> training = gather(task, split.training);
  if (!training) return training.error();
  Result<PaddedBuffer<float>> held_out = gather(task, split.held_out);
  if (!held_out) return held_out.error();
  const Mlp::Shape shape{.feature_count = task.rows.feature_count(),
                         .hidden_count = task.options.hidden_count,
                         .class_count = task.class_count,
                         .most_rows = std::max(task.options.batch_size, kMeasuredAtOnce)};
  Result<Mlp> mlp = Mlp::create(shape, task.options.learning_rate, random, pool);
  if (!mlp) return mlp.error();
  return std::unique_ptr<HeadTraining>(
      std::make_unique<MlpTraining>(std::move(task), std::move(split), std::move(training).value(),
                                    std::move(held_out).value(), std::move(mlp).value()));
}

}  // namespace headstart
