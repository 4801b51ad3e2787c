// A head that is fitted to what the network says of the pictures: before anything in it has moved, a logistic
// one, the linear probe that fine-tuning starts from (LP-FT, Kumar et al. 2022) and is measured against; and
// of the trained network, what may take the place of the head that descended with it.
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

// What is fitted to: of each picture in its order its own row and those of its views.
struct ProbeRows {
  std::span<const float> features;  // [picture_count, 1 + view_count, feature_count]
  std::size_t feature_count = 0;
  std::size_t view_count = 0;                 // of each picture besides itself
  std::span<const FeatureBlock> blocks = {};  // what a row is made of; none: one map
};

struct ProbeOptions {
  HeadKind head = HeadKind::kLogistic;
  bool with_held_out = false;  // the pictures that are held out are learnt from too
  std::uint64_t seed = 1;
};

class Probe {
 public:
  // The rows are copied. The pool must outlive the probe.
  static Result<Probe> start(const ProbeRows& rows, std::span<const SplitPicture> pictures,
                             std::span<const std::string> labels, const ProbeOptions& options,
                             const ComputePool& pool);

  // One slice of work; true when the head is there.
  Result<bool> step();

  [[nodiscard]] const Head& head() const { return trainer_.head(); }

  // Of the head that is there, on the held-out pictures as they are [held_out_count, class_count].
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
