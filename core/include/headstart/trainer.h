// Trains a head on recorded embeddings, in slices, so that the camera picture never stops.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <vector>

#include "headstart/compute.h"
#include "headstart/head.h"
#include "headstart/metrics.h"
#include "headstart/sample_store.h"
#include "headstart/status.h"

namespace headstart {

enum class HeadKind : std::uint8_t {
  kLogistic,     // multinomial logistic regression, L2, L-BFGS, cross-validated: the default
  kNearestMean,  // distance to class means: instant
  kMlp,          // Teachable Machine's recipe: dense 100 ReLU, dense softmax, Adam, 50 epochs
};

struct TrainOptions {
  HeadKind head = HeadKind::kLogistic;
  std::uint64_t seed = 1;
  std::optional<double> l2;     // none: chosen by cross-validation
  std::size_t fold_count = 5;   // fewer where a class has fewer samples
  // Multilayer perceptron only (Teachable Machine's defaults).
  std::size_t hidden_count = 100;
  std::size_t epoch_count = 50;
  std::size_t batch_size = 16;
  double learning_rate = 1e-3;
};

struct TrainProgress {
  double fraction = 0;  // 0…1, never falls
  bool done = false;
};

// One candidate of the L2 search.
struct L2Candidate {
  double l2 = 0;
  double log_loss = 0;  // out of fold, before the temperature
  double accuracy = 0;
};

struct TrainReport {
  HeadKind head = HeadKind::kLogistic;
  std::uint64_t seed = 0;
  bool measured = false;        // false with too few samples to hold any out; `why_not` then says so
  std::string why_not;
  Metrics metrics;              // out of fold (logistic, nearest mean) or on the held-out part (mlp)
  std::vector<std::uint32_t> held_out_rows;         // rows of the training set that were measured
  std::vector<std::uint32_t> held_out_predictions;  // the class index that each was given
  std::size_t fold_count = 0;
  double l2 = 0;
  std::vector<L2Candidate> l2_candidates;
  double temperature = 1;
  std::size_t evaluation_count = 0;  // of the loss and its gradient, all fits together
};

// One training run. It copies what it needs from the training set, so the store may change meanwhile.
class Trainer {
 public:
  // Checks the samples: too-few-samples says which class needs what. `warm_start`: an earlier head over the same
  // features, used where its classes agree. The pool must outlive the trainer.
  static Result<Trainer> start(const TrainingSetView& samples, std::span<const ClassInfo> classes, const TrainOptions& options,
                               const Head* warm_start, const ComputePool& pool);

  Trainer(Trainer&&) noexcept;
  Trainer& operator=(Trainer&&) noexcept;
  ~Trainer();

  // Does one bounded piece of work (a few milliseconds at 500 samples). Call until done.
  Result<TrainProgress> step();

  // After done: the head (labels from the classes; the backbone's fields are the caller's) and its report.
  const Head& head() const;
  const TrainReport& report() const;

 private:
  struct State;
  explicit Trainer(std::unique_ptr<State> state);
  std::unique_ptr<State> state_;
};

// The head for the first pictures: class means of centred, length-normalised embeddings, written as a linear head.
// Needs two classes with a sample each (too-few-samples).
Result<Head> nearest_mean_head(const TrainingSetView& samples, std::span<const ClassInfo> classes);

}  // namespace headstart
