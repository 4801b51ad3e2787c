// The training itself: epochs of batches, and the best weights that there were after any of them.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <vector>

#include "fine_tune/held_out.h"
#include "fine_tune/optimiser.h"
#include "fine_tune/split.h"
#include "fine_tune/trained_network.h"
#include "headstart/fine_tuner.h"
#include "headstart/status.h"

namespace headstart {

class Epochs {
 public:
  Epochs(const FineTuneOptions& options, std::span<const SplitPicture> pictures, std::size_t class_count);

  // Training starts from these weights, which say `logits` of the held-out pictures.
  void start(std::span<const Parameter> parameters, std::span<const float> logits, const HeldOut& held_out);

  // After start(): as if the epochs `done` had been run from there, the best of them with these weights (of
  // the start where `best_epoch` is 0) and these logits of the held-out pictures.
  struct Finished {
    std::vector<FineTuneEpoch> done;
    std::size_t best_epoch = 0;
    std::vector<float> best_weights;
    std::vector<float> best_logits;
  };
  void take_up(Finished finished, const HeldOut& held_out);

  // The training views in the order of the epoch that begins now.
  [[nodiscard]] std::vector<std::uint32_t> begin_epoch();

  // Learns from what the network, forwards, says of one piece of a batch, and takes a step when the batch is
  // whole.
  struct Piece {
    std::span<const std::uint32_t> classes;  // of the views that went through
    std::size_t batch_size = 0;
    bool is_first = false;  // of its batch
    bool is_last = false;
  };
  Status learn(TrainedNetwork& network, const Piece& piece);

  // The sum of the losses of what the network says, the mean of its heads; the derivative of each head's own
  // is laid out for going backwards.
  double lay_gradient(TrainedNetwork& network, std::span<const std::uint32_t> classes,
                      std::size_t batch_size) const;

  // `logits`: of the held-out pictures under these weights.
  void end_epoch(std::span<const Parameter> parameters, std::span<const float> logits,
                 const HeldOut& held_out);

  [[nodiscard]] std::size_t view_count() const { return views_.size(); }
  [[nodiscard]] std::span<const FineTuneEpoch> done() const { return done_; }
  [[nodiscard]] bool stopped_early() const { return stopped_early_; }
  // Nothing is left to train: all epochs are done, or patience is at its end.
  [[nodiscard]] bool is_over() const { return is_stale() || done_.size() >= options_.epoch_count; }
  [[nodiscard]] std::size_t step_count_ahead() const { return step_count_ - step_index_; }

  // Nothing before start(). Epoch 0 is the start.
  [[nodiscard]] std::span<const float> best_weights() const { return best_weights_; }
  [[nodiscard]] std::span<const float> best_logits() const { return best_logits_; }
  [[nodiscard]] std::size_t best_epoch() const { return best_epoch_; }

 private:
  [[nodiscard]] bool is_stale() const;
  [[nodiscard]] std::size_t steps_per_epoch() const { return step_count_ / options_.epoch_count; }

  FineTuneOptions options_;
  std::vector<std::uint32_t> views_;  // of the training pictures
  std::vector<float> class_weights_;  // [class_count]
  std::optional<Stepper> stepper_;
  std::size_t step_index_ = 0;
  std::size_t step_count_ = 0;  // if nothing stops early
  double epoch_loss_ = 0;
  std::vector<FineTuneEpoch> done_;
  bool stopped_early_ = false;
  std::vector<float> best_weights_;
  std::vector<float> best_logits_;
  double best_loss_ = 0;
  std::size_t best_epoch_ = 0;
};

}  // namespace headstart
