#include "headstart/known.h"

#include <algorithm>
#include <cmath>
#include <functional>
#include <numeric>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "advice/class_scatter.h"
#include "advice/row_space.h"
#include "base/softmax.h"
#include "samples/folds.h"

namespace headstart {
namespace {

constexpr std::size_t kFewestPerClass = 3;
constexpr std::size_t kFewestRows = 10;
// Beyond so many rows evenly chosen ones stand for all, so that fitting stays quick.
constexpr std::size_t kMostRows = 1500;
// The more folds, the more each of the judges has seen. From so many rows on five are enough, and quicker.
constexpr std::size_t kFoldCount = 10;
constexpr std::size_t kFoldCountOfMany = 5;
constexpr std::size_t kMany = 256;

double quantile(std::vector<double> values, double part) {
  std::sort(values.begin(), values.end());
  const double at = part * static_cast<double>(values.size() - 1);
  const auto below = static_cast<std::size_t>(at);
  const std::size_t above = std::min(below + 1, values.size() - 1);
  return values[below] + (at - static_cast<double>(below)) * (values[above] - values[below]);
}

Status check(const KnownSamples& samples, const KnownOptions& options) {
  const std::size_t count = samples.class_indices.size();
  const std::size_t width =
      std::accumulate(samples.map_sizes.begin(), samples.map_sizes.end(), std::size_t{0});
  if (samples.features.size() != count * width) {
    return bad_argument("expected " + std::to_string(width) + " features for each of " +
                        std::to_string(count) + " samples, got " + std::to_string(samples.features.size()));
  }
  if (std::any_of(samples.class_indices.begin(), samples.class_indices.end(),
                  [&](std::uint32_t index) { return index >= samples.class_count; })) {
    return bad_argument("expected class indices below " + std::to_string(samples.class_count));
  }
  if (!(options.kept_fraction >= 0.5 && options.kept_fraction <= 1)) {
    return bad_argument("the fraction of own pictures to keep must be from 0.5 to 1");
  }
  return {};
}

bool enough(const KnownSamples& samples) {
  std::vector<std::size_t> counts(samples.class_count);
  for (const std::uint32_t index : samples.class_indices) ++counts[index];
  return samples.class_count >= 2 && samples.class_indices.size() >= kFewestRows &&
         !samples.features.empty() && std::all_of(counts.begin(), counts.end(), [](std::size_t count) {
           return count >= kFewestPerClass;
         });
}

// Evenly chosen rows of each class, class by class, as many as are kept.
std::vector<std::uint32_t> rows_to_keep(const KnownSamples& samples) {
  std::vector<std::uint32_t> by_class(samples.class_indices.size());
  std::iota(by_class.begin(), by_class.end(), 0U);
  std::sort(by_class.begin(), by_class.end(), [&](std::uint32_t a, std::uint32_t b) {
    return std::pair(samples.class_indices[a], a) < std::pair(samples.class_indices[b], b);
  });
  const std::size_t count = by_class.size();
  const std::size_t kept_count = std::min(count, kMostRows);
  std::vector<std::uint32_t> kept;
  for (std::size_t i = 0; i < kept_count; ++i) kept.push_back(by_class[i * count / kept_count]);
  return kept;
}

}  // namespace

FeatureSet known_features(std::span<const FeatureBlock> blocks) {
  return joined_maps(blocks);
}

struct KnownJudge::State {
  std::size_t feature_count = 0;
  std::size_t class_count = 0;
  std::optional<RowSpace> space;
  std::vector<ClassScatter> judges;    // each fitted without one fold; none: nothing can be judged
  std::vector<std::uint32_t> fold_of;  // [own_scores]
  std::vector<double> own_scores;      // of the person's own pictures, each by the judge without its fold
  std::size_t passed_count = 1;        // of them, that a picture has to surpass to count as known
  SpanCoordinates place;               // of the picture that is judged
  std::vector<double> leads;           // of that picture over each of the person's own
  double width = 1;                    // of the step from unknown to known

  Status fit(const KnownSamples& samples, const KnownOptions& options, const ComputePool& pool);
  void set_threshold(double kept_fraction);
  double lead(std::span<const std::uint8_t> is_counted);
};

Status KnownJudge::State::fit(const KnownSamples& samples, const KnownOptions& options,
                              const ComputePool& pool) {
  feature_count = std::accumulate(samples.map_sizes.begin(), samples.map_sizes.end(), std::size_t{0});
  class_count = samples.class_count;
  if (!enough(samples)) return {};
  std::vector<float> rows;
  std::vector<std::uint32_t> classes;
  for (const std::uint32_t row : rows_to_keep(samples)) {
    const auto from = samples.features.subspan(row * feature_count, feature_count);
    rows.insert(rows.end(), from.begin(), from.end());
    classes.push_back(samples.class_indices[row]);
  }
  auto made = RowSpace::create(rows, samples.map_sizes, pool);
  if (!made) return made.error();
  space.emplace(std::move(made).value());
  SpanCoordinates places;
  if (const Status located = space->locate(rows, places); !located) return located;

  const std::size_t size = space->size();
  const auto row = [&](std::size_t i) { return std::span(places.values).subspan(i * size, size); };
  const std::size_t fold_count = classes.size() < kMany ? kFoldCount : kFoldCountOfMany;
  const Folds folds = stratified_folds(classes, class_count, fold_count, options.seed);
  std::vector<ScatterSums> of_fold(folds.fold_count, ScatterSums(size, class_count));
  ScatterSums all(size, class_count);
  for (std::size_t i = 0; i < classes.size(); ++i) {
    of_fold[folds.fold_of_row[i]].add(row(i), places.rests[i], classes[i]);
  }
  for (const ScatterSums& fold : of_fold) all.add(fold);
  // Every picture is judged by the folds that it is not in.
  for (std::uint32_t fold = 0; fold < folds.fold_count; ++fold) {
    ScatterSums others = all;
    others.take_away(of_fold[fold]);
    std::optional<ClassScatter> judge = ClassScatter::create(others, feature_count);
    if (!judge) {
      judges.clear();
      return {};
    }
    for (std::size_t i = 0; i < classes.size(); ++i) {
      if (folds.fold_of_row[i] != fold) continue;
      own_scores.push_back(judge->nearness(row(i), places.rests[i], {}));
      fold_of.push_back(fold);
    }
    judges.push_back(std::move(*judge));
  }
  set_threshold(options.kept_fraction);
  return {};
}

void KnownJudge::State::set_threshold(double kept_fraction) {
  const double refused = (1 - kept_fraction) * static_cast<double>(own_scores.size() + 1);
  passed_count = std::clamp<std::size_t>(static_cast<std::size_t>(refused), 1, own_scores.size());
  width = std::max(1e-6, (quantile(own_scores, 0.5) - quantile(own_scores, 1 - kept_fraction)) / 3);
}

// How far the picture at `place` is ahead of as many of the person's own as it has to be: each of them is
// compared under the judge that has seen neither.
double KnownJudge::State::lead(std::span<const std::uint8_t> is_counted) {
  std::vector<double> scores;
  for (ClassScatter& judge : judges)
    scores.push_back(judge.nearness(place.values, place.rests.front(), is_counted));
  leads.resize(own_scores.size());
  for (std::size_t i = 0; i < leads.size(); ++i) leads[i] = scores[fold_of[i]] - own_scores[i];
  const auto wanted = leads.begin() + static_cast<std::ptrdiff_t>(passed_count - 1);
  std::nth_element(leads.begin(), wanted, leads.end(), std::greater<>());
  return *wanted;
}

Result<KnownJudge> KnownJudge::fit(const KnownSamples& samples, const KnownOptions& options,
                                   const ComputePool& pool) {
  const Status valid = check(samples, options);
  if (!valid) return valid.error();
  auto state = std::make_unique<State>();
  const Status fitted = state->fit(samples, options, pool);
  if (!fitted) return fitted.error();
  return KnownJudge(std::move(state));
}

KnownJudge::KnownJudge(std::unique_ptr<State> state) : state_(std::move(state)) {}
KnownJudge::KnownJudge(KnownJudge&&) noexcept = default;
KnownJudge& KnownJudge::operator=(KnownJudge&&) noexcept = default;
KnownJudge::~KnownJudge() = default;

bool KnownJudge::judges() const {
  return !state_->judges.empty();
}

Result<double> KnownJudge::known(std::span<const float> features, std::span<const std::uint8_t> is_counted) {
  State& state = *state_;
  const bool counts_fit = is_counted.empty() || is_counted.size() == state.class_count;
  if (features.size() != state.feature_count || !counts_fit) {
    return bad_argument("expected " + std::to_string(state.feature_count) + " features and " +
                        std::to_string(state.class_count) + " classes, got " +
                        std::to_string(features.size()) + " and " + std::to_string(is_counted.size()));
  }
  if (!is_counted.empty() &&
      std::ranges::all_of(is_counted, [](std::uint8_t counts) { return counts == 0; })) {
    return bad_argument("expected at least one class that counts, got none");
  }
  if (!judges()) return 1.0;
  if (const Status located = state.space->locate(features, state.place); !located) return located.error();
  return 1 / (1 + exponential(-state.lead(is_counted) / state.width));
}

std::size_t KnownJudge::memory_bytes() const {
  std::size_t bytes = 0;
  if (state_->space) bytes += state_->space->memory_bytes();
  for (const ClassScatter& judge : state_->judges) bytes += judge.memory_bytes();
  return bytes;
}

}  // namespace headstart
