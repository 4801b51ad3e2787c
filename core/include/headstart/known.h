// "None of these": whether a picture shows one of the person's classes at all, judged by what their own
// pictures look like, without a class of its own.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <span>

#include "headstart/compute.h"
#include "headstart/features.h"
#include "headstart/head.h"
#include "headstart/status.h"

namespace headstart {

struct KnownOptions {
  double kept_fraction = 0.95;  // of the person's own pictures, that the threshold lets through; 0.5…1
  std::uint64_t seed = 1;       // of the folds
};

// What a judge is fitted to: the pictures that the head was trained on, without their views.
struct KnownSamples {
  std::span<const float> features;               // [sample_count, sum of map_sizes]
  std::span<const std::size_t> map_sizes;        // how many features each of the joined maps has
  std::span<const std::uint32_t> class_indices;  // [sample_count], each below class_count
  std::size_t class_count = 0;
};

// The maps to judge by, whatever the head reads: the last block and the last layer of each network. On six
// sets of pictures they refuse up to three of a hundred strangers more than with a third, earlier map (three
// networks together one fewer), and one to four of a hundred far ones more than the last layer alone.
[[nodiscard]] FeatureSet known_features(std::span<const FeatureBlock> blocks);

// The relative Mahalanobis distance (Ren et al. 2021, "A Simple Fix to Mahalanobis Distance for Improving
// Near-OOD Detection") of features of which each map is divided by its length, with S the scatter of the
// pictures around their classes' means mu_c, T their scatter around the common mean m, and d the number of
// features:
//
//   D_c(x) = (x - mu_c)' (S + 10 tr S / d)^-1 (x - mu_c),  k the nearest class that counts
//   nearness(x) = (x - m)' (T + 10 tr T / d)^-1 (x - m) - D_k(x) + (min_{c != k} D_c(x) - D_k(x)) / 10
//
// shrunk as Friedman (1989, "Regularized Discriminant Analysis") does towards a multiple of the identity. The
// last term is ours: a thing between two classes is more often neither. Its share is small, since strangers
// of quite another kind lie between classes no more often than the person's own pictures do: on six sets and
// four networks a tenth raises the area under the curve by .007 to .009 for other classes of the same kind
// and lowers it by .003 to .007 for all else; with a fifth the loss is the larger. The pictures are dealt
// into folds, and one judge is fitted without each. A new picture is known where it is nearer than as many of
// the person's own as the threshold leaves out, each compared under the judge that has seen neither: so new
// pictures and own ones are on a par (CV+, Barber et al. 2021, "Predictive inference with the jackknife+").
// Matrices of all features are never formed: all happens in the span of at most 256 pictures and the length
// of what lies outside it.
//
// Movable; the pool must outlive it. Keeps at most 256 rows of features: 4 * 256 * d bytes, and for each of 5
// or 10 folds two squares of as many numbers as there are rows.
class KnownJudge {
 public:
  // Fewer than three pictures in some class, ten in all or two classes cannot be judged, nor can more than
  // 500 classes: known() is then always 1. Beyond 1500 pictures evenly chosen ones stand for all.
  // bad-argument where lengths do not fit, out-of-memory.
  static Result<KnownJudge> fit(const KnownSamples& samples, const KnownOptions& options,
                                const ComputePool& pool);

  // The judge that gave `evidence`, which check_known_evidence() (head.h) has passed: answers are the same to
  // the bit. bad-file where its numbers judge nothing, out-of-memory.
  static Result<KnownJudge> restore(const KnownEvidence& evidence, const KnownOptions& options,
                                    const ComputePool& pool);
  // What it was fitted to; its `features` are the caller's to name. None where it does not judge.
  [[nodiscard]] std::optional<KnownEvidence> evidence() const;

  KnownJudge(KnownJudge&&) noexcept;
  KnownJudge& operator=(KnownJudge&&) noexcept;
  ~KnownJudge();

  // Whether known() says anything: false where there were too few pictures.
  [[nodiscard]] bool judges() const;
  [[nodiscard]] std::size_t class_count() const;

  // For a picture's features [sum of map_sizes]: 0…1, rising with how much it looks like one of the classes;
  // 0.5 at the threshold that lets kept_fraction of the person's own pictures through. `is_counted`
  // [class_count] is 0 for classes that do not count at the moment; empty: all do. bad-argument where a
  // length does not fit or nothing counts.
  Result<double> known(std::span<const float> features, std::span<const std::uint8_t> is_counted = {});

  [[nodiscard]] std::size_t memory_bytes() const;

 private:
  struct State;
  explicit KnownJudge(std::unique_ptr<State> state);
  std::unique_ptr<State> state_;
};

}  // namespace headstart
