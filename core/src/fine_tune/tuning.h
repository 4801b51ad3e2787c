// One fine-tuning run, step by step: collect features, probe, train epochs, keep the best.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "fine_tune/map_cache.h"
#include "fine_tune/optimiser.h"
#include "fine_tune/probe.h"
#include "fine_tune/split.h"
#include "fine_tune/trained_network.h"
#include "headstart/fine_tuner.h"

namespace headstart {

struct FineTuner::State {
  enum class Phase : std::uint8_t {
    kSurvey,  // cut only: the channels' means and spreads at the border, and the mean map of each picture
    kBaselineProbe,  // cut only: a linear head on those means
    kEmbed,          // features of every picture before anything has moved
    kProbe,          // the head that training starts from
    kTrain,
    kEvaluate,    // the held-out pictures, after each epoch
    kEmbedFinal,  // features of every picture under the weights that are kept
    kDone,
  };

  State(fine_tune::TrainedNetwork the_network, fine_tune::MapCache the_cache, const ComputePool& the_pool)
      : network(std::move(the_network)), cache(std::move(the_cache)), pool(the_pool) {}

  // The views of the piece that step() does next; empty where a phase needs none.
  [[nodiscard]] std::span<const std::uint32_t> next_piece() const;
  Result<FineTuneProgress> step();
  Status trial_step();
  [[nodiscard]] FineTuneProgress progress() const;

  void begin();
  Status run_piece();
  Status end_of_order();
  void load_piece(std::span<const std::uint32_t> piece);
  void set_order(Phase next, std::vector<std::uint32_t> views_in_order);
  [[nodiscard]] std::vector<std::uint32_t> first_views(bool held_out_only) const;

  void survey_piece(std::size_t count);
  Status end_survey();
  Status start_probe(Phase next, std::span<const float> features, std::size_t feature_count);
  Status probe_slice();
  void end_probe();
  Status train_piece(std::span<const std::uint32_t> piece);
  void begin_epoch();
  void end_epoch();
  void finish();
  void finish_embedding();
  void count_ahead(FineTuneProgress& now) const;
  [[nodiscard]] double held_out_loss(std::span<const float> logits) const;

  fine_tune::TrainedNetwork network;
  fine_tune::MapCache cache;
  const ComputePool& pool;
  FineTuneOptions options;
  std::vector<FineTuneView> views;
  std::vector<std::string> labels;
  std::vector<fine_tune::Picture> pictures;
  std::vector<float> class_weights;             // [class_count]
  std::vector<std::uint32_t> held_out_classes;  // [held_out_count], of the held-out pictures in their order
  std::optional<Head> head_in_use;

  Phase phase = Phase::kEmbed;
  std::vector<std::uint32_t> order;  // views of this phase
  std::size_t cursor = 0;            // done of them
  std::vector<std::uint32_t> wanted;
  bool stop_requested = false;
  std::size_t done_units = 0;  // view passes; a training pass counts three times a forward one
  std::size_t total_units = 0;

  std::vector<float> collected;      // rows of this phase: features, mean maps or logits
  std::vector<double> channel_sums;  // at the border, over the training pictures' places
  std::vector<double> channel_squares;
  std::optional<fine_tune::Probe> probe;
  std::vector<float> probe_held_out;  // the held-out pictures' features
  Head baseline;
  std::vector<float> head_alone_logits;  // [held_out_count, class_count], of the baseline

  std::optional<fine_tune::Stepper> stepper;
  std::size_t step_index = 0;
  std::size_t step_count = 0;
  double epoch_loss = 0;
  FineTuneEpoch start_epoch;  // of the head alone
  std::vector<float> best_weights;
  std::vector<float> best_logits;  // [held_out_count, class_count]
  double best_loss = 0;

  FineTuned tuned;
  FineTuneReport report;
  std::vector<float> embeddings;  // [picture_count, feature_count] once done
};

}  // namespace headstart
