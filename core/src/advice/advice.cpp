#include "headstart/advice.h"

#include <algorithm>
#include <cassert>
#include <cmath>
#include <numeric>

namespace headstart {
namespace {

constexpr std::size_t kFewestToCompare = 10;
constexpr double kStandardErrors = 1.5;

// How far the log loss of `a` is above that of `b` on the pictures that both were judged on.
struct Difference {
  double mean = 0;
  double standard_error = 0;
  double sum_a = 0;
  double sum_b = 0;
  std::size_t count = 0;

  // Not above by more than chance may bring.
  [[nodiscard]] bool is_as_good() const {
    return count >= kFewestToCompare && mean <= kStandardErrors * standard_error;
  }
  [[nodiscard]] bool is_clearly_better() const {
    return count >= kFewestToCompare && -mean > kStandardErrors * standard_error;
  }
};

Difference difference_of(const CandidateResult& a, const CandidateResult& b) {
  Difference difference;
  std::vector<double> losses;
  for (std::size_t i = 0, j = 0; i < a.rows.size() && j < b.rows.size();) {
    if (a.rows[i] == b.rows[j]) {
      difference.sum_a += static_cast<double>(a.log_losses[i]);
      difference.sum_b += static_cast<double>(b.log_losses[j]);
      losses.push_back(static_cast<double>(a.log_losses[i]) - static_cast<double>(b.log_losses[j]));
    }
    const bool next_a = a.rows[i] <= b.rows[j];
    const bool next_b = b.rows[j] <= a.rows[i];
    i += next_a ? 1 : 0;
    j += next_b ? 1 : 0;
  }
  difference.count = losses.size();
  if (difference.count < 2) return difference;
  const auto n = static_cast<double>(difference.count);
  difference.mean = (difference.sum_a - difference.sum_b) / n;
  double square = 0;
  for (const double loss : losses) square += (loss - difference.mean) * (loss - difference.mean);
  difference.standard_error = std::sqrt(square / (n - 1) / n);
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

Recommendation recommend(std::span<const CandidateResult> candidates, std::size_t usual) {
  assert(usual < candidates.size());
  Recommendation chosen{.recommended = usual, .best = usual, .reason = {}};
  const CandidateResult& usual_one = candidates[usual];
  const double accuracy = score_candidate(usual_one).accuracy;
  if (usual_one.rows.size() < kFewestToCompare) {
    chosen.reason = {ReasonCode::kTooFewToCompare, static_cast<double>(usual_one.rows.size()), 0};
    return chosen;
  }
  for (std::size_t i = 0; i < candidates.size(); ++i) {
    const Difference gained = difference_of(candidates[i], candidates[chosen.best]);
    if (gained.count >= kFewestToCompare && gained.mean < 0) chosen.best = i;
  }
  chosen.reason = {ReasonCode::kUsual, accuracy, 0};
  if (difference_of(usual_one, candidates[chosen.best]).is_as_good()) return chosen;
  chosen.recommended = chosen.best;
  for (std::size_t i = 0; i < candidates.size(); ++i) {
    if (candidates[i].simplicity < candidates[chosen.recommended].simplicity &&
        difference_of(candidates[i], candidates[chosen.best]).is_as_good() &&
        difference_of(candidates[i], usual_one).mean < 0) {
      chosen.recommended = i;
    }
  }
  const Difference gained = difference_of(candidates[chosen.recommended], usual_one);
  const double n = std::max(1.0, static_cast<double>(gained.count));
  chosen.reason = {ReasonCode::kClearlyBetter, gained.sum_a / n, gained.sum_b / n};
  return chosen;
}

DataCase judge_case(const CaseEvidence& evidence) {
  constexpr std::size_t kMany = 40;
  constexpr double kEnough = 0.95;
  const bool many = evidence.median_class_count >= kMany;
  bool far = false;
  if (evidence.last != nullptr && evidence.earlier != nullptr) {
    far = difference_of(*evidence.earlier, *evidence.last).is_as_good();
  }
  if (evidence.last != nullptr && evidence.joined != nullptr) {
    far = far || difference_of(*evidence.joined, *evidence.last).is_clearly_better();
  }
  // Easy pictures are told apart by every layer; that says nothing of the distance.
  far = far && score_candidate(*evidence.last).accuracy < kEnough;
  if (many) return far ? DataCase::kManyFar : DataCase::kManyClose;
  return far ? DataCase::kFewFar : DataCase::kFewClose;
}

}  // namespace headstart
