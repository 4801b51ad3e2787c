#include "headstart/known.h"

#include <algorithm>
#include <array>
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
constexpr std::size_t kMostRows = kMostKnownSamples;
// The more folds, the more each of the judges has seen. From so many rows on five are enough, and quicker.
constexpr std::size_t kFoldCount = kMostKnownFolds;
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
  return samples.class_count >= 2 && samples.class_count * kFewestPerClass <= kMostRows &&
         samples.class_indices.size() >= kFewestRows && !samples.features.empty() &&
         std::all_of(counts.begin(), counts.end(),
                     [](std::size_t count) { return count >= kFewestPerClass; });
}

// Evenly chosen rows of each class, class by class: the fewest that a class needs, and of the rest as many as
// its share is.
std::vector<std::uint32_t> rows_to_keep(const KnownSamples& samples) {
  std::vector<std::vector<std::uint32_t>> by_class(samples.class_count);
  for (std::uint32_t row = 0; row < samples.class_indices.size(); ++row)
    by_class[samples.class_indices[row]].push_back(row);
  const std::size_t needed = kFewestPerClass * samples.class_count;
  const std::size_t spare = samples.class_indices.size() - needed;
  const std::size_t kept_spare = std::min(spare, kMostRows - needed);
  std::vector<std::uint32_t> kept;
  for (const std::vector<std::uint32_t>& own : by_class) {
    const std::size_t own_spare = own.size() - kFewestPerClass;
    const std::size_t count = kFewestPerClass + (spare == 0 ? 0 : own_spare * kept_spare / spare);
    for (std::size_t i = 0; i < count; ++i) kept.push_back(own[i * own.size() / count]);
  }
  return kept;
}

}  // namespace

FeatureSet known_features(std::span<const FeatureBlock> blocks) {
  return late_maps(blocks, std::array<std::size_t, 2>{1, 0});
}

struct KnownJudge::State {
  std::size_t feature_count = 0;
  std::size_t class_count = 0;
  std::optional<RowSpace> space;
  SpanCoordinates places;                    // of the person's own pictures
  std::vector<std::uint32_t> class_indices;  // [own pictures]
  std::vector<std::uint32_t> folds;          // [own pictures]
  std::vector<ClassScatter> judges;          // each fitted without one fold; none: nothing can be judged
  std::vector<double> own_scores;            // [own pictures], each by the judge without its fold
  std::size_t passed_count = 1;              // of them, that a picture has to surpass to count as known
  SpanCoordinates place;                     // of the picture that is judged
  std::vector<double> leads;                 // of that picture over each of the person's own
  double width = 1;                          // of the step from unknown to known

  Status fit(const KnownSamples& samples, const KnownOptions& options, const ComputePool& pool);
  void learn(std::size_t fold_count, double kept_fraction);
  void set_threshold(double kept_fraction);
  double lead(std::span<const std::uint8_t> is_counted);
};

Status KnownJudge::State::fit(const KnownSamples& samples, const KnownOptions& options,
                              const ComputePool& pool) {
  feature_count = std::accumulate(samples.map_sizes.begin(), samples.map_sizes.end(), std::size_t{0});
  class_count = samples.class_count;
  if (!enough(samples)) return {};
  std::vector<float> rows;
  for (const std::uint32_t row : rows_to_keep(samples)) {
    const auto from = samples.features.subspan(row * feature_count, feature_count);
    rows.insert(rows.end(), from.begin(), from.end());
    class_indices.push_back(samples.class_indices[row]);
  }
  auto made = RowSpace::create(rows, samples.map_sizes, pool);
  if (!made) return made.error();
  space.emplace(std::move(made).value());
  if (const Status located = space->locate(rows, places); !located) return located;
  for (double& rest : places.rests) rest = static_cast<double>(static_cast<float>(rest));
  const std::size_t fold_count = class_indices.size() < kMany ? kFoldCount : kFoldCountOfMany;
  Folds dealt = stratified_folds(class_indices, class_count, fold_count, options.seed);
  folds = std::move(dealt.fold_of_row);
  learn(dealt.fold_count, options.kept_fraction);
  return {};
}

// Every picture is judged by the folds that it is not in.
void KnownJudge::State::learn(std::size_t fold_count, double kept_fraction) {
  const std::size_t size = space->size();
  const auto row = [&](std::size_t i) { return std::span(places.values).subspan(i * size, size); };
  std::vector<ScatterSums> of_fold(fold_count, ScatterSums(size, class_count));
  ScatterSums all(size, class_count);
  for (std::size_t i = 0; i < folds.size(); ++i)
    of_fold[folds[i]].add(row(i), places.rests[i], class_indices[i]);
  for (const ScatterSums& fold : of_fold) all.add(fold);
  own_scores.resize(folds.size());
  for (std::uint32_t fold = 0; fold < fold_count; ++fold) {
    ScatterSums others = all;
    others.take_away(of_fold[fold]);
    std::optional<ClassScatter> judge = ClassScatter::create(others, feature_count);
    if (!judge) {
      judges.clear();
      return;
    }
    for (std::size_t i = 0; i < folds.size(); ++i) {
      if (folds[i] == fold) own_scores[i] = judge->nearness(row(i), places.rests[i], {});
    }
    judges.push_back(std::move(*judge));
  }
  set_threshold(kept_fraction);
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
  for (std::size_t i = 0; i < leads.size(); ++i) leads[i] = scores[folds[i]] - own_scores[i];
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

Result<KnownJudge> KnownJudge::restore(const KnownEvidence& evidence, const KnownOptions& options,
                                       const ComputePool& pool) {
  auto state = std::make_unique<State>();
  state->feature_count = evidence.feature_count();
  auto made = RowSpace::restore(evidence, pool);
  if (!made) return made.error();
  state->space.emplace(std::move(made).value());
  state->places.values = evidence.coordinates;
  state->places.rests.assign(evidence.rests.begin(), evidence.rests.end());
  state->class_indices = evidence.class_indices;
  state->folds = evidence.folds;
  state->class_count = std::size_t{*std::ranges::max_element(evidence.class_indices)} + 1;
  state->learn(std::size_t{*std::ranges::max_element(evidence.folds)} + 1, options.kept_fraction);
  const bool judges = !state->judges.empty() && std::ranges::all_of(state->own_scores, [](double score) {
    return std::isfinite(score);
  });
  if (!judges) return bad_file("the numbers by which this head tells \"none of these\" do not work together");
  return KnownJudge(std::move(state));
}

std::optional<KnownEvidence> KnownJudge::evidence() const {
  if (!judges()) return std::nullopt;
  KnownEvidence evidence;
  state_->space->describe(evidence);
  evidence.coordinates = state_->places.values;
  evidence.rests.assign(state_->places.rests.begin(), state_->places.rests.end());
  evidence.class_indices = state_->class_indices;
  evidence.folds = state_->folds;
  return evidence;
}

std::size_t KnownJudge::class_count() const {
  return state_->class_count;
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
  const double lead = state.lead(is_counted);
  // Features beyond all measure, where infinities meet.
  if (std::isnan(lead)) return 0.0;
  return 1 / (1 + exponential(-lead / state.width));
}

std::size_t KnownJudge::memory_bytes() const {
  std::size_t bytes = 0;
  if (state_->space) bytes += state_->space->memory_bytes();
  bytes +=
      (state_->places.values.size() + state_->folds.size() + state_->class_indices.size()) * sizeof(float);
  for (const ClassScatter& judge : state_->judges) bytes += judge.memory_bytes();
  return bytes;
}

}  // namespace headstart
