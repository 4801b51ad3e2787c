// Trains a head on recorded embeddings, in slices, so that the camera picture never stops.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "headstart/compute.h"
#include "headstart/head.h"
#include "headstart/metrics.h"
#include "headstart/sample_store.h"
#include "headstart/status.h"

namespace headstart {

enum class HeadKind : std::uint8_t {
  kLogistic,  // multinomial logistic regression, L2, L-BFGS, cross-validated: for programs that read head/1
  kNearestMean,   // distance to class means: instant
  kDiscriminant,  // shrunk linear discriminant analysis, cross-validated, closed form: what strategies use
  kMlp,           // Teachable Machine's recipe: dense 100 ReLU, dense softmax, Adam, 50 epochs
};

// Which views of each sample (headstart/views.h) are trained on besides the sample itself.
enum class ViewUse : std::uint8_t { kNone, kWithoutMirror, kAll };

struct TrainOptions {
  HeadKind head = HeadKind::kLogistic;
  // The pooled maps that are joined. Several are scaled one by one, so that each has the same say.
  FeatureSet features = {"last"};
  // All but the perceptron. All views of a sample stay in its fold and share its weight; what is measured
  // is the sample itself. bad-argument where samples lack their views.
  ViewUse views = ViewUse::kNone;
  // kMirrored wants kAll: who is to judge mirror images must have learnt from some. What is measured then is
  // the mean of the sample's and its mirror image's features.
  SecondLook second_look = SecondLook::kNo;
  std::uint64_t seed = 1;
  // Of the logistic head: the loss is the class-balanced mean of -ln p plus l2 / 2 |weights|^2, over features
  // scaled so that a sample's mean squared length is 1. None: chosen by cross-validation.
  std::optional<double> l2 = std::nullopt;
  // Of the logistic head and the discriminant where nothing is measured: divides the logits. None: a usual
  // value with the usual l2, else 1.
  std::optional<double> temperature = std::nullopt;
  // All but the perceptron; fewer where the largest class has fewer samples. 0 or 1: one fit, nothing
  // measured. A fold holds samples out that were added one after the other, since frames of a film resemble
  // those beside them.
  std::size_t fold_count = 5;
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
  double log_loss = 0;             // out of fold, before the temperature
  double calibrated_log_loss = 0;  // out of fold, after this candidate's temperature: what is compared
  double accuracy = 0;
};

struct TrainReport {
  HeadKind head = HeadKind::kLogistic;
  std::uint64_t seed = 0;
  std::vector<ClassId> class_ids;  // what the rows of the head and of the confusion matrix stand for
  std::vector<ClassId> left_out;   // enabled classes without samples: not in the head
  FeatureSet features;
  std::size_t view_count = 0;  // trained on besides each sample itself
  SecondLook second_look = SecondLook::kNo;
  bool measured = false;  // false with too few samples to hold any out; `why_not_measured` then says so
  std::string why_not_measured;
  Metrics metrics;                                  // out of fold or on the held-out part (mlp)
  std::vector<std::uint32_t> held_out_rows;         // rows of the training set that were measured, ascending
  std::vector<SampleId> held_out_ids;               // their samples
  std::vector<std::uint32_t> held_out_predictions;  // the class index that each was given
  std::vector<float> held_out_probabilities;        // of its own class
  std::vector<float> held_out_confidences;          // of the class that it was given
  std::vector<double> held_out_log_losses;          // -ln of that, natural logarithm
  std::vector<float> held_out_logits;  // [held_out_count, class_count], calibrated without that sample
  std::size_t fold_count = 0;
  double l2 = 0;
  std::vector<L2Candidate> l2_candidates;
  double temperature = 1;
  std::size_t evaluation_count = 0;  // of the loss and its gradient, all fits together
};

// One training run. It copies what it needs from the training set, so the store may change meanwhile.
//
// Same samples in the same order, options and seed give the same head: bit for bit on one build and thread
// count, and to 1e-4 in its probabilities between builds (native, each WebAssembly variant), whose matrix
// products round differently.
class Trainer {
 public:
  // Checks the samples: too-few-samples says which class needs what. The pool must outlive the trainer. Also
  // bad-argument (options) and out-of-memory. A head depends on samples and seed alone, so no earlier one is
  // taken up.
  static Result<Trainer> start(const TrainingSetView& samples, std::span<const ClassInfo> classes,
                               const TrainOptions& options, const ComputePool& pool);

  Trainer(Trainer&&) noexcept;
  Trainer& operator=(Trainer&&) noexcept;
  ~Trainer();

  // Does one bounded piece of work (a few milliseconds at 500 samples). Call until done; to cancel, stop
  // calling.
  Result<TrainProgress> step();

  // After done: the head (labels from the classes; the backbone's fields are the caller's) and its report.
  [[nodiscard]] const Head& head() const;
  [[nodiscard]] const TrainReport& report() const;

 private:
  struct State;
  explicit Trainer(std::unique_ptr<State> state);
  std::unique_ptr<State> state_;
};

// The head for the first pictures: nearest class mean over centred, length-normalised embeddings
// (SimpleShot's CL2N, Wang et al. 2019), written as a linear head. With m the mean of the class means, u = (x
// - m) / |x - m| per sample, u_c the mean of class c's u brought to length 1, and r the root mean square of
// |x - m|, the logit of class c is
//   s u_c . (x - m) / r,
// which is -s/2 |u - u_c|^2 up to what all classes share, but for one length r in place of each picture's
// own: that is what makes it linear. (Without length 1 a class of one picture would stand further out than a
// class of ten.) The sharpness s is fitted, as a temperature, to each sample's logits under the means of the
// other samples. Costs O(samples * features). Needs two classes with a sample each (too-few-samples).
[[nodiscard]] Result<Head> nearest_mean_head(const TrainingSetView& samples,
                                             std::span<const ClassInfo> classes,
                                             const FeatureSet& features = {"last"});

}  // namespace headstart
