// The linear probe: a logistic head on the network's features before anything in it has moved. Fine-tuning
// starts from it (LP-FT, Kumar et al. 2022) and is measured against it.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <utility>
#include <vector>

#include "fine_tune/split.h"
#include "headstart/compute.h"
#include "headstart/head.h"
#include "headstart/status.h"
#include "headstart/trainer.h"

namespace headstart {

class Probe {
 public:
  // `features` [picture_count, feature_count], of which those of the pictures that are not held out are
  // learnt from; they are copied. The pool must outlive the probe.
  static Result<Probe> start(std::span<const float> features, std::size_t feature_count,
                             std::span<const SplitPicture> pictures, std::span<const std::string> labels,
                             std::uint64_t seed, const ComputePool& pool);

  // One slice of work; true when the head is there.
  Result<bool> step();

  [[nodiscard]] const Head& head() const { return trainer_.head(); }

  // Of the head that is there, on the held-out pictures [held_out_count, class_count].
  [[nodiscard]] std::vector<float> held_out_logits() const;

 private:
  Probe(Trainer trainer, std::vector<float> held_out)
      : trainer_(std::move(trainer)), held_out_(std::move(held_out)) {}

  Trainer trainer_;
  std::vector<float> held_out_;  // [held_out_count, feature_count]
};

// The head that says the mean of what these say, each of features of its own: it reads them one behind the
// other.
[[nodiscard]] Head mean_of_heads(std::span<const Head> heads);

}  // namespace headstart
