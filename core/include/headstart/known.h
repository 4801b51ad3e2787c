// "None of these": whether a picture shows one of the person's classes at all, judged by what their own
// pictures look like, without a class of its own.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <span>

#include "headstart/compute.h"
#include "headstart/status.h"

namespace headstart {

struct KnownOptions {
  double kept_fraction = 0.95;  // of the person's own pictures, that the threshold lets through; 0.5…1
};

// What a judge is fitted to: the pictures that the head was trained on, in the features that it reads.
struct KnownSamples {
  std::span<const float> features;               // [sample_count, feature_count]
  std::span<const std::uint32_t> class_indices;  // [sample_count], each below class_count
  std::size_t feature_count = 0;
  std::size_t class_count = 0;
  // The head's answers to pictures that its fit had not seen (TrainReport gives them), for some of the rows.
  // May be empty: then distance alone judges.
  std::span<const std::uint32_t> held_out_rows;  // [held_out_count], ascending
  std::span<const float> held_out_logits;        // [held_out_count, class_count]
};

// Two signs together: how far a picture lies from the nearest of the person's own (k nearest neighbours on
// centred features of length 1; Sun et al. 2022, "Out-of-Distribution Detection with Deep Nearest Neighbors")
// and how strongly any class answers (the energy of the logits; Liu et al. 2020, "Energy-based
// Out-of-distribution Detection"). Both are measured in the spread that they have on the person's own
// pictures, each of which is judged by the others.
//
// Movable; the pool must outlive it. Keeps a copy of the rows: 4 * sample_count * feature_count bytes.
class KnownJudge {
 public:
  // Costs one product of the rows with themselves. Fewer than three pictures in
  // some class or fewer than two classes cannot be judged: known() is then always 1. bad-argument where
  // lengths do not fit, out-of-memory.
  static Result<KnownJudge> fit(const KnownSamples& samples, const KnownOptions& options,
                                const ComputePool& pool);

  KnownJudge(KnownJudge&&) noexcept;
  KnownJudge& operator=(KnownJudge&&) noexcept;
  ~KnownJudge();

  // Whether known() says anything: false where there were too few pictures.
  [[nodiscard]] bool judges() const;

  // For a picture's features [feature_count] and the head's logits [class_count] (temperature folded in):
  // 0…1, rising with how much it looks like one of the classes; 0.5 at the threshold that lets kept_fraction
  // of the person's own pictures through. Costs sample_count * feature_count multiplications. bad-argument
  // where a length does not fit.
  Result<double> known(std::span<const float> features, std::span<const float> logits);

  [[nodiscard]] std::size_t memory_bytes() const;

 private:
  struct State;
  explicit KnownJudge(std::unique_ptr<State> state);
  std::unique_ptr<State> state_;
};

}  // namespace headstart
