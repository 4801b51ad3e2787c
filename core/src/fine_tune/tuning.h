// One fine-tuning run, step by step: which phase follows which, and what a piece of work is in each. What a
// phase finds out is kept by its own class: BorderSurvey, Probe, Epochs.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "files/safetensors.h"
#include "fine_tune/border_survey.h"
#include "fine_tune/epochs.h"
#include "fine_tune/held_out.h"
#include "fine_tune/map_cache.h"
#include "fine_tune/probe.h"
#include "fine_tune/split.h"
#include "fine_tune/trained_network.h"
#include "headstart/fine_tuner.h"

namespace headstart {

// What a run is asked for.
struct FineTuneTask {
  FineTuneOptions options;
  std::vector<FineTuneView> views;
  std::vector<std::string> labels;
  std::vector<SplitPicture> pictures;
  std::optional<Head> head_in_use;
  std::string backbone_sha256;
  std::int32_t input_size_px = 0;
  std::vector<FeatureBlock> head_blocks;  // that a head of the trained network reads, one of each branch
};

// What the features say by themselves: the head that fine-tuning is measured against.
struct HeadAlone {
  Head head;
  std::vector<float> logits;  // [held_out_count, class_count]
  FineTuneEpoch epoch;
};

// How many views' features a head may be fitted to when training is over: 64 MiB of them.
[[nodiscard]] inline std::size_t most_final_views(const FineTuneOptions& options, const FineTunePlan& plan) {
  constexpr std::size_t kMostNumbers = std::size_t{16} << 20U;
  return options.head == HeadKind::kDiscriminant ? kMostNumbers / plan.feature_count() : 0;
}

struct FineTuner::State {
  enum class Phase : std::uint8_t {
    kSurvey,  // cut only: the channels' means and spreads at the border, and the mean map of each picture
    kBaselineProbe,  // cut only: a linear head on those means
    kEmbed,          // features of every picture before anything has moved
    kProbe,          // the head that training starts from; of several networks one after another
    kTrain,
    kEvaluate,    // the held-out pictures, after each epoch
    kEmbedFinal,  // features of every picture under the weights that are kept, and of its views for a refit
    kRefit,       // a head on those, without the pictures held out
    kRefitAll,    // the same with all pictures, where it was the better one
    kDone,
  };

  State(FineTuneTask the_task, TrainedNetwork the_network, const ComputePool& the_pool);

  // The views of the piece that step() does next; empty where a phase needs none.
  [[nodiscard]] std::span<const std::uint32_t> next_piece() const;
  Result<FineTuneProgress> step();
  Status trial_step();
  // round.cpp
  [[nodiscard]] bool has_finished_epoch() const;
  [[nodiscard]] Result<std::vector<std::uint8_t>> round_file(const FineTuneOrigin& origin) const;
  Status take_up(std::span<const std::uint8_t> round_file);
  [[nodiscard]] FineTuneProgress progress() const;
  [[nodiscard]] std::size_t memory_bytes() const;

  FineTuneTask task;
  TrainedNetwork network;
  MapCache cache;
  const ComputePool& pool;
  std::vector<std::uint32_t> wanted;
  bool stop_requested = false;
  Epochs epochs;

  FineTuned tuned;
  FineTuneReport report;
  std::vector<float> embeddings;  // [picture_count, feature_count] once done

 private:
  [[nodiscard]] bool is_cut() const { return task.options.part == TrainedPart::kCut; }
  [[nodiscard]] bool refits() const { return task.options.head == HeadKind::kDiscriminant; }
  [[nodiscard]] std::vector<std::uint32_t> views_to_fit() const;
  [[nodiscard]] bool is_probing() const;
  [[nodiscard]] bool is_after_training() const;
  void fill_report();
  void set_order(Phase next, std::vector<std::uint32_t> views_in_order);
  [[nodiscard]] std::vector<std::uint32_t> first_views(bool held_out_only) const;
  Status run_piece();
  Status run_network(std::span<const std::uint32_t> piece);
  Status learn(std::span<const std::uint32_t> piece);
  Status end_of_order();
  Status start_probe(Phase next, std::span<const float> features, std::size_t feature_count);
  Status probe_slice();
  Status end_probe();
  Status probe_next_head();
  void end_epoch();
  void go_on_or_finish();
  void finish();
  Status settle();
  Status start_refit(Phase next);
  Status end_refit();
  void keep_head_alone();
  void keep_tuned();
  void keep_layers(Head head);
  void end();
  Status read_head_alone(const SafetensorsView& file);
  Status read_parameters(const SafetensorsView& file);
  Result<std::vector<float>> read_best_weights(const SafetensorsView& file, std::size_t best_epoch,
                                               std::size_t epoch_count);
  void count_ahead(FineTuneProgress& now) const;

  HeldOut held_out_;
  std::size_t final_view_count_ = 0;  // of views_to_fit()
  Phase phase_ = Phase::kEmbed;
  std::vector<std::uint32_t> order_;  // views of this phase
  std::size_t cursor_ = 0;            // done of them
  std::vector<float> collected_;      // rows of this phase: features or logits
  std::size_t done_units_ = 0;        // view passes; a training pass counts three times a forward one
  std::size_t total_units_ = 0;
  std::optional<BorderSurvey> survey_;
  std::optional<Probe> probe_;
  std::vector<float> final_rows_;   // [picture_count, 1 + refit views, feature_count] under the weights kept
  std::vector<float> probed_rows_;  // [picture_count, feature_count] that they are on
  std::vector<Head> probed_;        // heads that are there, and what they say
  std::vector<float> probed_logits_;  // [held_out_count, class_count], their sum
  HeadAlone head_alone_;
};

}  // namespace headstart
