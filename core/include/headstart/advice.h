// Advice that was measured: which strategy to train with, how far the task lies from what the backbone knows,
// and what is odd about the pictures. Pure functions over numbers that training gave.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <vector>

#include "headstart/compute.h"
#include "headstart/sample_store.h"
#include "headstart/status.h"

namespace headstart {

// How one strategy did on pictures that were held out of its fits. All candidates that are compared hold out
// the same pictures in the same order; one that was judged on fewer leaves its spans shorter and names them.
struct CandidateResult {
  std::string strategy;             // "head", "joined-layers", … : the caller's word
  std::size_t simplicity = 0;       // 0 is the simplest
  std::vector<std::uint32_t> rows;  // of the training set, ascending: what was held out
  std::vector<std::uint8_t> right;  // [rows], 1 where the answer was right
  std::vector<float> log_losses;    // [rows], -ln p(true class)
};

struct CandidateScore {
  double accuracy = 0;
  double standard_error = 0;  // of the accuracy, binomial with one picture of doubt (Agresti & Coull 1998)
  double log_loss = 0;
};
[[nodiscard]] CandidateScore score_candidate(const CandidateResult& candidate);

enum class ReasonCode : std::uint8_t {
  kUsual,            // nothing is clearly better than the usual way: first = its accuracy
  kClearlyBetter,    // than the usual way, and the simplest such: first = its log loss, second = the usual's,
                     // on the pictures that both were judged on
  kTooFewToCompare,  // too few pictures were held out: first = how many; the usual way is taken
};

struct Reason {
  ReasonCode code = ReasonCode::kUsual;
  double first = 0;
  double second = 0;
};

struct Recommendation {
  std::size_t recommended = 0;  // positions among the candidates
  std::size_t best = 0;         // with the least log loss
  Reason reason;
};

// A candidate is admissible where its log loss is above the best one's by no more than 1.5 standard errors of
// the difference, picture by picture, on those that both were judged on. The usual candidate, which was best
// on other picture sets, is kept as long as it is admissible; else the simplest admissible one
// whose log loss is below the usual's is recommended. (With few pictures the least log loss is mostly luck,
// and folds understate what joined layers and views bring: the one-standard-error rule of Breiman et al.
// 1984, towards the simplest, loses 1.2 points against the best candidate in hindsight on average, this rule
// 0.2.) `candidates` must not be empty and `usual` one of them (asserted).
[[nodiscard]] Recommendation recommend(std::span<const CandidateResult> candidates, std::size_t usual);

// How well linear regression from features to one-hot labels explains them, with its strengths chosen by
// evidence: the mean over classes of the largest log evidence per sample (LogME; You et al. 2021, "LogME:
// Practical Assessment of Pre-trained Models for Transfer Learning"). Higher means that the backbone's
// features suit the task better; comparable between backbones and cuts on the same pictures. `features`
// [row_count, feature_count], `class_indices` [row_count] each below class_count (lengths asserted). Costs an
// eigendecomposition of min(row_count, feature_count) rows: about 0.3 s at 600. 0 with fewer than two classes
// or rows.
[[nodiscard]] double log_me(std::span<const float> features, std::size_t feature_count,
                            std::span<const std::uint32_t> class_indices, std::size_t class_count);

// Where the data lies among the four cases of transfer learning.
enum class DataCase : std::uint8_t { kFewClose, kFewFar, kManyClose, kManyFar };

struct CaseEvidence {
  std::size_t median_class_count = 0;        // pictures in the median class
  const CandidateResult* last = nullptr;     // a head on the last layer; none: taken for close
  const CandidateResult* earlier = nullptr;  // … on an earlier block; may be missing
  const CandidateResult* joined = nullptr;   // … on joined layers; may be missing
};
// Many from 40 pictures in the median class on. Far from what the backbone knows where its last layer is not
// enough (less than 19 of 20 right) and has no advantage any more: where an earlier block's log loss is above
// it by no more than 1.5 standard errors of the difference, or that of joined layers below it by more.
[[nodiscard]] DataCase judge_case(const CaseEvidence& evidence);

enum class AdviceKind : std::uint8_t {
  kTooFew,          // class_ids[0] has `value` pictures
  kNearDuplicates,  // sample_ids of class_ids[0] show almost the same: value = the part of the class
  kConfused,        // pictures of class_ids[0] are taken for class_ids[1]: value = the part of them
  kLabelDoubt,      // sample_ids[0] of class_ids[0] looks like class_ids[1]: value = how sure that is
  kBackground,      // the border alone tells the classes apart: value = accuracy on it
  kMirrorMatters,   // mirrored pictures of class_ids[0] look like class_ids[1]: value = the part of them
};

struct DataAdvice {
  AdviceKind kind = AdviceKind::kTooFew;
  std::vector<ClassId> class_ids;
  std::vector<SampleId> sample_ids;
  double value = 0;
};

// What data_advice looks at. Spans that are empty leave out the advice that would need them.
struct DataEvidence {
  TrainingSetView samples;  // features as the judge of neighbours sees them: the embedding
  // Out-of-fold answers of a head, for rows of the training set.
  std::span<const std::uint32_t> held_out_rows;         // [held_out_count], ascending
  std::span<const std::uint32_t> held_out_predictions;  // [held_out_count], class indices
  std::span<const float> held_out_probabilities;        // [held_out_count], of the picture's own class
  std::span<const float> mirrored;  // [sample_count, feature_count]: embeddings of the mirrored pictures
  std::span<const float> borders;   // [sample_count, feature_count]: embeddings of the border views
};

enum class MirrorVerdict : std::uint8_t { kHelps, kHarms, kUnclear };

// Whether the mirror may be used as a view: harms where mirrored pictures of a class look like another class
// more than the pictures themselves do. Unclear without mirrored embeddings or with too few pictures.
Result<MirrorVerdict> judge_mirror(const DataEvidence& evidence, const ComputePool& pool);

// What a person could do about their pictures, the weightiest first, at most a handful of each kind. Costs
// the products of all rows with each other. bad-argument where lengths do not fit.
Result<std::vector<DataAdvice>> data_advice(const DataEvidence& evidence, const ComputePool& pool);

}  // namespace headstart
