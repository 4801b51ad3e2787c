// Fine-tuning: trains the last part of the network together with the head, from cached maps at the border of
// the frozen part, in slices, so that the page stays alive.
//
// The caller owns the pictures and the frozen Backbone; the tuner says which maps it needs next:
//
//   FineTuner tuner = FineTuner::start(file, backbone.input_size_px(), views, labels, options, &head, pool);
//   for (;;) {
//     for (std::uint32_t view : tuner.wanted_views())
//       tuner.supply_map(view, maps of that view at tuner.border_maps());  // "input": the prepared picture
//     FineTuneProgress progress = tuner.step();
//     if (progress.done) break;
//   }
//   tuner.result()
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
#include "headstart/status.h"
#include "headstart/trainer.h"

namespace headstart {

// How much of the network, or of each of several, is trained besides the head.
enum class TrainedPart : std::uint8_t {
  kLastConvolution,  // the 1x1 convolution before the pooling
  kLastBlocks,       // the last `block_count` blocks and all that follows them
  kWholeNetwork,     // not of several networks at once
  kCut,  // the network ends after block `cut_block`; a new 1x1 convolution is trained from random weights;
         // not of several networks at once
};

enum class Optimiser : std::uint8_t {
  kAdamW,  // Loshchilov & Hutter 2019
  kSgd,    // with momentum 0.9
};

struct FineTuneOptions {
  TrainedPart part = TrainedPart::kLastBlocks;
  std::size_t block_count = 1;          // 1…16, for kLastBlocks; of each of several networks
  std::size_t cut_block = 5;            // 0…16, for kCut
  std::size_t cut_channel_count = 256;  // of the new convolution; a multiple of four
  std::uint64_t seed = 1;

  Optimiser optimiser = Optimiser::kAdamW;
  // Over every view of every picture: on the sign digits four cut the head's error by 40 %, six by 49 %,
  // twelve by 55 %.
  std::size_t epoch_count = 6;
  std::size_t batch_size = 16;
  // The length of a step relative to the size of each tensor's weights (their root mean square), as in
  // Adafactor (Shazeer & Stern 2018, section 8): one number fits backbones of every width.
  double learning_rate = 0.02;
  double depth_decay = 0.9;     // of the learning rate, per group of layers away from the head
  double pull_to_start = 0.01;  // decay towards the weights that training began with (L2-SP, Li et al. 2018)
  double warm_up_fraction = 0.1;  // of all steps; a cosine to zero follows
  double held_out_fraction = 0.2;
  // kDiscriminant: when training is over, a discriminant is fitted to what the trained network then makes of
  // all views (of the pictures alone where those would take more than 64 MiB) and takes the place of the head
  // that descended with it, unless that one is surer of the pictures held out by more than a standard error.
  // Any other: the head that descended, a linear one that reads the features as they are.
  HeadKind head = HeadKind::kLogistic;
  // Stops when the held-out loss has not fallen for so many epochs, counted from half-way at the earliest.
  std::size_t patience_epochs = 4;

  std::size_t cache_budget_bytes = std::size_t{256} << 20U;       // of maps, kept as float16
  std::size_t activation_budget_bytes = std::size_t{256} << 20U;  // a batch is computed in pieces that fit
};

// One view of one picture: the picture as it is, or a changed copy (mirrored, cropped …). All views of a
// picture stay on one side of the held-out split; only its first is used to measure.
struct FineTuneView {
  std::uint32_t picture_index = 0;  // any numbering; views of one picture share it
  std::uint32_t class_index = 0;    // position among the labels
};

struct FineTuneEpoch {
  double train_loss = 0;     // class-balanced, over the epoch's batches while they were being trained
  double held_out_loss = 0;  // natural logarithm, class-balanced, at the best temperature
  double held_out_accuracy = 0;
};

enum class FineTuneStage : std::uint8_t { kCollecting, kLinearProbe, kTuning, kEmbedding, kDone };

struct FineTuneProgress {
  FineTuneStage stage = FineTuneStage::kCollecting;
  double fraction = 0;    // 0…1, never falls
  std::size_t epoch = 0;  // finished
  std::size_t epoch_count = 0;
  FineTuneEpoch latest;                    // the last finished epoch; before the first, the head alone
  std::size_t step_count_ahead = 0;        // steps that compute a batch, if nothing stops early
  std::size_t train_step_count_ahead = 0;  // of them those that train, three times as long as the others
  bool done = false;
};

// What a run would take, before it starts. Time is the caller's to measure: frozen_pass_count passes of the
// frozen backbone, train_step_count times trial_step() and forward_step_count a third of it.
struct FineTuneEstimate {
  std::string border;
  std::size_t trained_weight_count = 0;  // with the head's
  std::size_t frozen_weight_count = 0;
  std::size_t frozen_pass_count = 0;  // views whose map is asked for; more than once each beyond the cache
  std::size_t train_step_count = 0;   // if nothing stops early
  std::size_t forward_step_count = 0;
  std::size_t view_multiply_adds = 0;  // to train on one view
  std::size_t cache_bytes = 0;         // of maps
  std::size_t memory_bytes = 0;        // at most, the maps too
};

struct FineTuneReport {
  std::string border;
  std::size_t trained_weight_count = 0;  // with the head's
  std::size_t frozen_weight_count = 0;
  std::size_t view_multiply_adds =
      0;  // to train on one view: forwards and backwards through the trained part
  std::size_t train_picture_count = 0;
  std::size_t held_out_picture_count = 0;
  // On the held-out pictures: the head alone (fitted without them), and what came out. The latter also chose
  // the best epoch, so it is a little hopeful.
  Metrics head_alone;
  Metrics fine_tuned;
  bool better_than_head = false;  // false: fine-tuning did not help, keep the head that is there
  std::size_t best_epoch = 0;     // 0 is the start
  bool stopped_early = false;
  HeadKind head = HeadKind::kLogistic;  // of what came out of training: kLogistic or kDiscriminant
  std::vector<FineTuneEpoch> epochs;
  double temperature = 1;                     // folded into the head
  std::vector<std::uint32_t> held_out_views;  // that were measured
  std::vector<std::uint32_t> held_out_predictions;
  // [held_out_count, class_count], by the head that came out, temperature folded in.
  std::vector<float> held_out_logits;
};

// What a head file needs besides the head itself, and what prediction needs to use it.
struct FineTuned {
  TrainedPart part = TrainedPart::kLastBlocks;
  // The last frozen map: "blocks.13", of several networks one each, "a.blocks.7,b.blocks.13", or "input" when
  // nothing is frozen.
  std::string border;
  // Backbone tensors ("blocks.14.expand.weight", …, "last.bias"); on a cut "cut.weight" [channels, 1, 1, C]
  // and "cut.bias" [channels]. Empty when the head alone was kept.
  std::vector<ChangedTensor> tensors;
  Head head;  // on the changed network's embedding, or on cut_features(); temperature folded in
};

// The pictures behind a run, as the caller knows them again: they travel with its rounds.
struct FineTuneOrigin {
  ViewUse view_use = ViewUse::kNone;
  std::vector<std::uint32_t> sample_ids;     // [sample_count], in any order that stays the same
  std::vector<std::uint32_t> class_indices;  // [sample_count]
  std::vector<std::uint64_t> checks;         // [sample_count], of what was seen in them
};

// Reads who a round belongs to out of untrusted bytes; FineTuner::take_up reads the rest. bad-file or
// bad-version.
Result<FineTuneOrigin> read_round_origin(std::span<const std::uint8_t> round_file);

class FineTuner {
 public:
  // Reads the weights of the trained part from a backbone .safetensors; `backbone_file` is not kept.
  // `input_size_px` is what the frozen backbone runs at. `head`: what is in use now, handed back where
  // fine-tuning is no better; may be null. The pool must outlive the tuner.
  // Fails with bad-file, bad-argument, out-of-memory, and too-few-samples below two classes or four pictures
  // in a class.
  static Result<FineTuner> start(std::span<const std::uint8_t> backbone_file, std::int32_t input_size_px,
                                 std::span<const FineTuneView> views, std::span<const std::string> labels,
                                 const FineTuneOptions& options, const Head* head, const ComputePool& pool);

  FineTuner(FineTuner&&) noexcept;
  FineTuner& operator=(FineTuner&&) noexcept;
  ~FineTuner();

  // The maps that supply_map takes, by their names in the backbone: one, or one of each of several networks.
  // border() is all of them as a text.
  const std::string& border() const;
  [[nodiscard]] std::vector<std::string> border_maps() const;
  [[nodiscard]] std::size_t border_size() const;  // numbers in all of them

  // Views whose maps the next step() needs and that are not there: at most a batch. A map is asked for once
  // while the cache's budget lasts, beyond it again each time. Valid until the next call.
  std::span<const std::uint32_t> wanted_views();

  // `map` [border_size]: each map as Backbone::map gives it, one behind the other; for "input" as
  // Backbone::input holds it. bad-argument for a view that was not asked for or another length.
  Status supply_map(std::uint32_t view, std::span<const float> map);

  // Does one bounded piece of work, a batch or less; bad-argument while wanted views are missing.
  Result<FineTuneProgress> step();

  // Ends now, with the best weights so far. Where an epoch made them better, a pass over the pictures for
  // their embeddings, and a head fitted to those where one was asked for, are still ahead; otherwise the next
  // step() is the last and cheap.
  void stop();

  // The run as it is after the epoch that the last step() finished, as a file (safetensors, `tuning/1`).
  // bad-argument anywhere else. The same run gives the same bytes.
  [[nodiscard]] Result<std::vector<std::uint8_t>> round_file(const FineTuneOrigin& origin) const;

  // Before the first step: goes on after that epoch. With what start() was given when the file was written,
  // the budgets apart, the run ends as it would have ended then, to the bit. Untrusted bytes: bad-file or
  // bad-version, and the tuner is to be thrown away.
  Status take_up(std::span<const std::uint8_t> round_file);

  // Trains on one piece of a batch of empty maps and forgets it: a step to be timed, before the first or
  // between any two. Changes nothing that a run gives.
  Status trial_step();

  // What start() with the same arguments would bring. Fails as start() does; costs reading the weights.
  static Result<FineTuneEstimate> estimate(std::span<const std::uint8_t> backbone_file,
                                           std::int32_t input_size_px, std::span<const FineTuneView> views,
                                           std::span<const std::string> labels,
                                           const FineTuneOptions& options);

  // The epochs so far; valid until the next step().
  [[nodiscard]] std::span<const FineTuneEpoch> epochs() const;

  [[nodiscard]] std::size_t cache_bytes() const;   // used for maps
  [[nodiscard]] std::size_t memory_bytes() const;  // everything, the maps too

  // After done.
  const FineTuned& result() const;
  const FineTuneReport& report() const;

  // After done: what the head that came out reads, for the first view of every picture in the order in which
  // pictures came first [picture_count, result().head.feature_count]. Empty where the head alone was kept:
  // its features are the caller's.
  [[nodiscard]] std::span<const float> embeddings() const;

 private:
  struct State;
  explicit FineTuner(std::unique_ptr<State> state);
  std::unique_ptr<State> state_;
};

}  // namespace headstart
