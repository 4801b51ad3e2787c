// What is odd about the pictures: votes of their nearest neighbours and answers of a head that had not seen
// them.
#include <algorithm>
#include <map>
#include <numeric>
#include <string>
#include <tuple>
#include <utility>

#include "advice/near_twins.h"
#include "advice/neighbours.h"
#include "headstart/advice.h"

namespace headstart {
namespace {

constexpr std::size_t kFewPictures = 10;    // below it a class is said to have too few
constexpr double kDuplicatePart = 0.5;      // of a class, from which on it is worth saying
constexpr double kConfusedPart = 0.15;      // of a class that is taken for one other class
constexpr std::size_t kFewestConfused = 2;  // pictures
constexpr float kDoubtful = 0.1F;           // probability of its own class below which a picture is doubted
constexpr std::size_t kVoterCount = 5;      // nearest neighbours
constexpr std::size_t kDoubtVotes = 4;      // of them, for one other class
constexpr std::size_t kMostOfAKind = 8;
// Of a class, that its mirror takes to one other class; of all pictures, that it takes from their class. Hand
// signs that all were made with the same hand lose up to .13 of all and gain from mirrored views none the
// less.
constexpr double kMirrorPart = 0.3;
constexpr double kFewestMirrored = 3;
constexpr double kMirrorLoss = 0.15;
constexpr std::size_t kFewestToJudge = 10;  // pictures in all

struct Neighbour {
  std::uint32_t row = 0;
  float similarity = -1;
};

// The nearest rows of one query, nearest first.
struct Nearest {
  std::vector<Neighbour> rows;
};

std::vector<Nearest> nearest_of(Neighbours& table, std::span<const float> others, std::size_t feature_count,
                                Status& status) {
  const std::size_t row_count = table.row_count();
  std::vector<Nearest> result(row_count);
  for (std::size_t begin = 0; begin < row_count; begin += Neighbours::kBlockRows) {
    const std::size_t count = std::min(Neighbours::kBlockRows, row_count - begin);
    const auto block =
        others.empty() ? table.to_rows(begin, count)
                       : table.to_others(others.subspan(begin * feature_count, count * feature_count), count);
    if (!block) {
      status = block.error();
      return {};
    }
    for (std::size_t i = 0; i < count; ++i) {
      std::vector<Neighbour>& rows = result[begin + i].rows;
      for (std::size_t row = 0; row < row_count; ++row) {
        // A picture, or what was made of it, does not vote for itself.
        if (row == begin + i) continue;
        const float similarity = block.value()[row * count + i];
        if (rows.size() == kVoterCount && similarity <= rows.back().similarity) continue;
        if (rows.size() == kVoterCount) rows.pop_back();
        const auto place = std::find_if(rows.begin(), rows.end(), [&](const Neighbour& neighbour) {
          return neighbour.similarity < similarity;
        });
        rows.insert(place, {static_cast<std::uint32_t>(row), similarity});
      }
    }
  }
  return result;
}

// The class with most votes, the nearest one's among equals, and how many it got.
struct Vote {
  std::uint32_t class_index = 0;
  std::size_t count = 0;
};

Vote vote_of(const Nearest& nearest, std::span<const std::uint32_t> class_indices) {
  Vote winner;
  for (const Neighbour& candidate : nearest.rows) {
    const std::uint32_t index = class_indices[candidate.row];
    const auto count = static_cast<std::size_t>(
        std::count_if(nearest.rows.begin(), nearest.rows.end(),
                      [&](const Neighbour& other) { return class_indices[other.row] == index; }));
    if (count > winner.count) winner = {index, count};
  }
  return winner;
}

class Adviser {
 public:
  Adviser(const DataEvidence& evidence, Neighbours table, const ComputePool& pool)
      : evidence_(evidence),
        samples_(evidence.samples),
        table_(std::move(table)),
        pool_(pool),
        counts_(samples_.class_ids.size()) {
    for (const std::uint32_t index : samples_.class_indices) ++counts_[index];
  }

  Result<std::vector<DataAdvice>> run() {
    Status status;
    own_ = nearest_of(table_, {}, samples_.feature_count, status);
    if (!status) return status.error();
    advise_background(status);
    if (!status) return status.error();
    advise_counts();
    advise_confused();
    advise_labels();
    advise_mirror(status);
    if (!status) return status.error();
    advise_duplicates();
    return std::move(found_);
  }

  // Of the pictures of each class (row) the part whose mirror, less the part that itself, is taken for
  // another class (column).
  std::vector<double> mirror_moves(Status& status) {
    const std::size_t class_count = counts_.size();
    std::vector<double> moves(class_count * class_count);
    const auto mirrored = nearest_of(table_, evidence_.mirrored, samples_.feature_count, status);
    if (!status) return moves;
    if (own_.empty()) own_ = nearest_of(table_, {}, samples_.feature_count, status);
    if (!status) return moves;
    for (std::size_t row = 0; row < own_.size(); ++row) {
      const std::uint32_t own = samples_.class_indices[row];
      const double part = 1.0 / static_cast<double>(counts_[own]);
      moves[own * class_count + vote_of(mirrored[row], samples_.class_indices).class_index] += part;
      moves[own * class_count + vote_of(own_[row], samples_.class_indices).class_index] -= part;
    }
    return moves;
  }

  // Whether the mirror takes pictures of class `own` to class `other`.
  [[nodiscard]] bool moves_away(std::span<const double> moves, std::size_t own, std::size_t other) const {
    const double part = moves[own * counts_.size() + other];
    return own != other && part >= kMirrorPart &&
           part * static_cast<double>(counts_[own]) > kFewestMirrored - 0.5;
  }

  [[nodiscard]] bool mirror_harms(std::span<const double> moves) const {
    const std::size_t class_count = counts_.size();
    double lost = 0;
    for (std::size_t own = 0; own < class_count; ++own) {
      lost -= moves[own * class_count + own] * static_cast<double>(counts_[own]);
      for (std::size_t other = 0; other < class_count; ++other) {
        if (moves_away(moves, own, other)) return true;
      }
    }
    return lost >= kMirrorLoss * static_cast<double>(samples_.sample_ids.size());
  }

 private:
  double accuracy_of(const std::vector<Nearest>& nearest) const {
    std::size_t right = 0;
    for (std::size_t row = 0; row < nearest.size(); ++row) {
      right +=
          vote_of(nearest[row], samples_.class_indices).class_index == samples_.class_indices[row] ? 1 : 0;
    }
    return static_cast<double>(right) / static_cast<double>(std::max<std::size_t>(nearest.size(), 1));
  }

  void advise_background(Status& status) {
    if (evidence_.borders.empty() || counts_.size() < 2 || samples_.sample_ids.size() < kFewestToJudge)
      return;
    auto made = Neighbours::create(evidence_.borders, samples_.feature_count, pool_);
    if (!made) {
      status = made.error();
      return;
    }
    Neighbours borders = std::move(made).value();
    const auto nearest = nearest_of(borders, {}, samples_.feature_count, status);
    if (!status) return;
    const double accuracy = accuracy_of(nearest);
    const double chance = static_cast<double>(*std::max_element(counts_.begin(), counts_.end())) /
                          static_cast<double>(samples_.sample_ids.size());
    // Half-way from chance to what the whole pictures reach, by the same judge.
    if (accuracy - chance > 0.5 * (accuracy_of(own_) - chance) && accuracy > chance + 0.15) {
      found_.push_back({AdviceKind::kBackground, {}, {}, accuracy});
    }
  }

  void advise_counts() {
    for (std::size_t c = 0; c < counts_.size(); ++c) {
      if (counts_[c] >= kFewPictures) continue;
      found_.push_back({AdviceKind::kTooFew, {samples_.class_ids[c]}, {}, static_cast<double>(counts_[c])});
    }
  }

  void advise_confused() {
    std::map<std::pair<std::uint32_t, std::uint32_t>, std::vector<SampleId>> pairs;
    std::vector<std::size_t> measured(counts_.size());
    for (std::size_t i = 0; i < evidence_.held_out_rows.size(); ++i) {
      const std::uint32_t row = evidence_.held_out_rows[i];
      const std::uint32_t own = samples_.class_indices[row];
      ++measured[own];
      const std::uint32_t taken_for = evidence_.held_out_predictions[i];
      if (taken_for != own) pairs[{own, taken_for}].push_back(samples_.sample_ids[row]);
    }
    std::vector<DataAdvice> confused;
    for (auto& [pair, ids] : pairs) {
      const double part = static_cast<double>(ids.size()) / static_cast<double>(measured[pair.first]);
      if (ids.size() < kFewestConfused || part < kConfusedPart) continue;
      confused.push_back({AdviceKind::kConfused,
                          {samples_.class_ids[pair.first], samples_.class_ids[pair.second]},
                          std::move(ids),
                          part});
    }
    keep_weightiest(std::move(confused));
  }

  void advise_labels() {
    std::vector<DataAdvice> doubts;
    for (std::size_t i = 0; i < evidence_.held_out_rows.size(); ++i) {
      const std::uint32_t row = evidence_.held_out_rows[i];
      const std::uint32_t own = samples_.class_indices[row];
      const std::uint32_t taken_for = evidence_.held_out_predictions[i];
      const Vote vote = vote_of(own_[row], samples_.class_indices);
      const bool agreed = taken_for != own && vote.class_index == taken_for && vote.count >= kDoubtVotes;
      if (!agreed || evidence_.held_out_probabilities[i] > kDoubtful) continue;
      doubts.push_back({AdviceKind::kLabelDoubt,
                        {samples_.class_ids[own], samples_.class_ids[taken_for]},
                        {samples_.sample_ids[row]},
                        1.0 - static_cast<double>(evidence_.held_out_probabilities[i])});
    }
    keep_weightiest(std::move(doubts));
  }

  void advise_mirror(Status& status) {
    if (evidence_.mirrored.empty() || samples_.sample_ids.size() < kFewestToJudge) return;
    const std::vector<double> moves = mirror_moves(status);
    std::vector<DataAdvice> moved;
    const std::size_t class_count = counts_.size();
    for (std::size_t i = 0; i < moves.size(); ++i) {
      if (!moves_away(moves, i / class_count, i % class_count)) continue;
      moved.push_back({AdviceKind::kMirrorMatters,
                       {samples_.class_ids[i / class_count], samples_.class_ids[i % class_count]},
                       {},
                       moves[i]});
    }
    keep_weightiest(std::move(moved));
  }

  void advise_duplicates() {
    std::vector<std::vector<SampleId>> duplicates(counts_.size());
    for (std::size_t row = 0; row < own_.size(); ++row) {
      const std::uint32_t own = samples_.class_indices[row];
      const bool same = !own_[row].rows.empty() && own_[row].rows.front().similarity > kAlmostTheSame &&
                        samples_.class_indices[own_[row].rows.front().row] == own;
      if (same) duplicates[own].push_back(samples_.sample_ids[row]);
    }
    std::vector<DataAdvice> found;
    for (std::size_t c = 0; c < counts_.size(); ++c) {
      const double part = static_cast<double>(duplicates[c].size()) /
                          static_cast<double>(std::max<std::size_t>(counts_[c], 1));
      if (part < kDuplicatePart) continue;
      found.push_back({AdviceKind::kNearDuplicates, {samples_.class_ids[c]}, std::move(duplicates[c]), part});
    }
    keep_weightiest(std::move(found));
  }

  void keep_weightiest(std::vector<DataAdvice> advice) {
    std::sort(advice.begin(), advice.end(), [](const DataAdvice& a, const DataAdvice& b) {
      return std::tie(b.value, a.class_ids, a.sample_ids) < std::tie(a.value, b.class_ids, b.sample_ids);
    });
    if (advice.size() > kMostOfAKind) advice.resize(kMostOfAKind);
    std::move(advice.begin(), advice.end(), std::back_inserter(found_));
  }

  const DataEvidence& evidence_;
  const TrainingSetView& samples_;
  Neighbours table_;
  const ComputePool& pool_;
  std::vector<std::size_t> counts_;
  std::vector<Nearest> own_;
  std::vector<DataAdvice> found_;
};

Status check(const DataEvidence& evidence) {
  const std::size_t count = evidence.samples.sample_ids.size();
  const std::size_t size = count * evidence.samples.feature_count;
  const auto fits = [&](std::span<const float> rows) { return rows.empty() || rows.size() == size; };
  const bool rows_fit = evidence.samples.embeddings.size() == size &&
                        evidence.samples.class_indices.size() == count && fits(evidence.mirrored) &&
                        fits(evidence.borders);
  const std::size_t measured = evidence.held_out_rows.size();
  const bool measured_fit =
      evidence.held_out_predictions.size() == measured && evidence.held_out_probabilities.size() == measured;
  const auto beyond = [](std::span<const std::uint32_t> values, std::size_t limit) {
    return std::any_of(values.begin(), values.end(), [&](std::uint32_t value) { return value >= limit; });
  };
  const std::size_t class_count = evidence.samples.class_ids.size();
  if (rows_fit && measured_fit && !beyond(evidence.held_out_rows, count) &&
      !beyond(evidence.samples.class_indices, class_count) &&
      !beyond(evidence.held_out_predictions, class_count)) {
    return {};
  }
  return bad_argument("expected a row of " + std::to_string(evidence.samples.feature_count) +
                      " features for each of " + std::to_string(count) +
                      " samples, and a class and a probability for each measured one");
}

}  // namespace

Result<MirrorVerdict> judge_mirror(const DataEvidence& evidence, const ComputePool& pool) {
  const Status valid = check(evidence);
  if (!valid) return valid.error();
  const std::size_t class_count = evidence.samples.class_ids.size();
  if (evidence.mirrored.empty() || evidence.samples.sample_ids.size() < kFewestToJudge || class_count < 2) {
    return MirrorVerdict::kUnclear;
  }
  auto table = Neighbours::create(evidence.samples.embeddings, evidence.samples.feature_count, pool);
  if (!table) return table.error();
  Status status;
  Adviser adviser(evidence, std::move(table).value(), pool);
  const std::vector<double> moves = adviser.mirror_moves(status);
  if (!status) return status.error();
  return adviser.mirror_harms(moves) ? MirrorVerdict::kHarms : MirrorVerdict::kHelps;
}

Result<std::vector<DataAdvice>> data_advice(const DataEvidence& evidence, const ComputePool& pool) {
  const Status valid = check(evidence);
  if (!valid) return valid.error();
  if (evidence.samples.sample_ids.empty()) return std::vector<DataAdvice>{};
  auto table = Neighbours::create(evidence.samples.embeddings, evidence.samples.feature_count, pool);
  if (!table) return table.error();
  return Adviser(evidence, std::move(table).value(), pool).run();
}

}  // namespace headstart
