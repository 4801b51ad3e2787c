#include "headstart/advice.h"

#include <algorithm>
#include <cassert>
#include <cmath>
#include <numeric>

namespace headstart {
namespace {

constexpr std::size_t kFewestToCompare = 10;

// Better: more often right, or as often and surer of it.
bool better(const CandidateScore& a, const CandidateScore& b) {
  return a.accuracy != b.accuracy ? a.accuracy > b.accuracy : a.log_loss < b.log_loss;
}

// How much more often `a` is right than `b` on the pictures that both were judged on.
struct Difference {
  double mean = 0;
  double standard_error = 0;
  std::size_t count = 0;
};

Difference difference_of(const CandidateResult& a, const CandidateResult& b) {
  Difference difference;
  double sum = 0;
  double square = 0;
  for (std::size_t i = 0, j = 0; i < a.rows.size() && j < b.rows.size();) {
    if (a.rows[i] == b.rows[j]) {
      const double gain = static_cast<double>(a.right[i]) - static_cast<double>(b.right[j]);
      sum += gain;
      square += gain * gain;
      ++difference.count;
    }
    const bool next_a = a.rows[i] <= b.rows[j];
    const bool next_b = b.rows[j] <= a.rows[i];
    i += next_a ? 1 : 0;
    j += next_b ? 1 : 0;
  }
  if (difference.count < 2) return difference;
  const auto n = static_cast<double>(difference.count);
  difference.mean = sum / n;
  const double variance = std::max(0.0, square - n * difference.mean * difference.mean) / (n - 1);
  difference.standard_error = std::sqrt(variance / n);
  return difference;
}

}  // namespace

CandidateScore score_candidate(const CandidateResult& candidate) {
  assert(candidate.right.size() == candidate.rows.size());
  assert(candidate.log_losses.size() == candidate.rows.size());
  CandidateScore score;
  if (candidate.rows.empty()) return score;
  const auto n = static_cast<double>(candidate.rows.size());
  const double right = std::accumulate(candidate.right.begin(), candidate.right.end(), 0.0);
  score.accuracy = right / n;
  score.log_loss = std::accumulate(candidate.log_losses.begin(), candidate.log_losses.end(), 0.0) / n;
  // Two pictures more of either kind, so that an accuracy of 1 is not taken for certain.
  const double doubted = (right + 2) / (n + 4);
  score.standard_error = std::sqrt(doubted * (1 - doubted) / (n + 4));
  return score;
}

const char* reason_code_name(ReasonCode code) {
  switch (code) {
    case ReasonCode::kBest:
      return "best";
    case ReasonCode::kSimplerAsGood:
      return "simpler-as-good";
    case ReasonCode::kClearlyBetter:
      return "clearly-better";
    case ReasonCode::kTooFewToCompare:
      return "too-few-to-compare";
  }
  return "best";
}

Recommendation recommend(std::span<const CandidateResult> candidates) {
  assert(!candidates.empty());
  std::vector<CandidateScore> scores;
  std::size_t most_rows = 0;
  for (const CandidateResult& candidate : candidates) {
    scores.push_back(score_candidate(candidate));
    most_rows = std::max(most_rows, candidate.rows.size());
  }
  Recommendation chosen;
  std::size_t simplest = 0;
  for (std::size_t i = 1; i < candidates.size(); ++i) {
    if (better(scores[i], scores[chosen.best])) chosen.best = i;
    if (candidates[i].simplicity < candidates[simplest].simplicity) simplest = i;
  }
  if (most_rows < kFewestToCompare) {
    chosen.recommended = simplest;
    chosen.reasons.push_back({ReasonCode::kTooFewToCompare, static_cast<double>(most_rows), 0});
    return chosen;
  }
  chosen.recommended = chosen.best;
  for (std::size_t i = 0; i < candidates.size(); ++i) {
    const Difference lost = difference_of(candidates[chosen.best], candidates[i]);
    // One picture lost and none won is exactly one standard error.
    const bool as_good = lost.count >= kFewestToCompare && lost.mean <= lost.standard_error * (1 + 1e-9);
    if (as_good && candidates[i].simplicity < candidates[chosen.recommended].simplicity) {
      chosen.recommended = i;
    }
  }
  const double accuracy = scores[chosen.recommended].accuracy;
  if (chosen.recommended == chosen.best) {
    chosen.reasons.push_back({ReasonCode::kBest, accuracy, 0});
  } else {
    chosen.reasons.push_back({ReasonCode::kSimplerAsGood, accuracy, scores[chosen.best].accuracy});
  }
  if (chosen.recommended != simplest) {
    chosen.reasons.push_back({ReasonCode::kClearlyBetter, accuracy, scores[simplest].accuracy});
  }
  return chosen;
}

const char* data_case_name(DataCase data_case) {
  switch (data_case) {
    case DataCase::kFewClose:
      return "few-close";
    case DataCase::kFewFar:
      return "few-far";
    case DataCase::kManyClose:
      return "many-close";
    case DataCase::kManyFar:
      return "many-far";
  }
  return "few-close";
}

DataCase judge_case(const CaseEvidence& evidence) {
  constexpr std::size_t kMany = 40;
  const bool many = evidence.smallest_class_count >= kMany;
  // Far: what the backbone's earlier layers see tells more than what its last one makes of it.
  const bool far =
      evidence.accuracy_earlier > evidence.accuracy_last ||
      (evidence.accuracy_earlier == evidence.accuracy_last && evidence.log_me_earlier > evidence.log_me_last);
  if (many) return far ? DataCase::kManyFar : DataCase::kManyClose;
  return far ? DataCase::kFewFar : DataCase::kFewClose;
}

}  // namespace headstart
