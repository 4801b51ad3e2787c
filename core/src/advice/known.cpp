#include "headstart/known.h"

#include <algorithm>
#include <cmath>
#include <functional>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "advice/neighbours.h"
#include "training/softmax.h"

namespace headstart {
namespace {

constexpr std::size_t kNeighbourCount = 3;
constexpr std::size_t kFewestPerClass = 3;
// Beyond so many rows evenly chosen ones stand for all, so that judging stays cheap.
constexpr std::size_t kMostRows = 3000;

// Where a sign usually lies on the person's own pictures, and how far it strays.
struct Spread {
  double middle = 0;
  double width = 1;

  [[nodiscard]] double standardised(double value) const { return (value - middle) / width; }
};

double quantile(std::vector<double> values, double part) {
  std::sort(values.begin(), values.end());
  const double at = part * static_cast<double>(values.size() - 1);
  const auto below = static_cast<std::size_t>(at);
  const std::size_t above = std::min(below + 1, values.size() - 1);
  return values[below] + (at - static_cast<double>(below)) * (values[above] - values[below]);
}

Spread spread_of(std::span<const double> values) {
  if (values.empty()) return {};
  double sum = 0;
  for (const double value : values) sum += value;
  const double mean = sum / static_cast<double>(values.size());
  double square = 0;
  for (const double value : values) square += (value - mean) * (value - mean);
  return {mean, std::sqrt(square / static_cast<double>(values.size())) + 1e-6};
}

// log sum exp of the logits: the negative energy, high where some class answers strongly.
double log_sum_exp(std::span<const float> logits) {
  const auto largest = static_cast<double>(*std::max_element(logits.begin(), logits.end()));
  double sum = 0;
  for (const float logit : logits) sum += exponential(static_cast<double>(logit) - largest);
  return largest + logarithm(sum);
}

// The mean of the largest `kNeighbourCount` of `similarities`, which is reordered.
double nearness_of(std::vector<float>& similarities) {
  const std::size_t count = std::min(kNeighbourCount, similarities.size());
  std::partial_sort(similarities.begin(), similarities.begin() + static_cast<std::ptrdiff_t>(count),
                    similarities.end(), std::greater<>());
  double sum = 0;
  for (std::size_t i = 0; i < count; ++i) sum += static_cast<double>(similarities[i]);
  return sum / static_cast<double>(count);
}

Status check(const KnownSamples& samples, const KnownOptions& options) {
  const std::size_t count = samples.class_indices.size();
  if (samples.features.size() != count * samples.feature_count ||
      samples.held_out_logits.size() != samples.held_out_rows.size() * samples.class_count) {
    return Error{ErrorCode::kBadArgument,
                 "expected " + std::to_string(samples.feature_count) + " features per sample and " +
                     std::to_string(samples.class_count) + " logits per measured one, got " +
                     std::to_string(samples.features.size()) + " for " + std::to_string(count) + " and " +
                     std::to_string(samples.held_out_logits.size()) + " for " +
                     std::to_string(samples.held_out_rows.size())};
  }
  const auto beyond = [](std::span<const std::uint32_t> values, std::size_t limit) {
    return std::any_of(values.begin(), values.end(), [&](std::uint32_t value) { return value >= limit; });
  };
  if (beyond(samples.class_indices, samples.class_count) || beyond(samples.held_out_rows, count)) {
    return Error{ErrorCode::kBadArgument, "expected class indices below " +
                                              std::to_string(samples.class_count) +
                                              " and measured rows below " + std::to_string(count)};
  }
  if (!(options.kept_fraction >= 0.5 && options.kept_fraction <= 1)) {
    return Error{ErrorCode::kBadArgument, "the fraction of own pictures to keep must be from 0.5 to 1"};
  }
  return {};
}

bool enough(const KnownSamples& samples) {
  std::vector<std::size_t> counts(samples.class_count);
  for (const std::uint32_t index : samples.class_indices) ++counts[index];
  return samples.class_count >= 2 && samples.feature_count > 0 &&
         std::all_of(counts.begin(), counts.end(),
                     [](std::size_t count) { return count >= kFewestPerClass; });
}

}  // namespace

struct KnownJudge::State {
  std::size_t feature_count = 0;
  std::size_t class_count = 0;
  std::optional<Neighbours> neighbours;  // none: nothing can be judged
  Spread nearness;
  Spread energy;
  bool uses_energy = false;
  double threshold = 0;
  double width = 1;  // of the step from unknown to known

  Status fit(const KnownSamples& samples, const KnownOptions& options, const ComputePool& pool);
  Result<std::vector<double>> nearness_of_rows();
  std::vector<float> scratch;
};

// Every row against the others.
Result<std::vector<double>> KnownJudge::State::nearness_of_rows() {
  const std::size_t row_count = neighbours->row_count();
  std::vector<double> result(row_count);
  for (std::size_t begin = 0; begin < row_count; begin += Neighbours::kBlockRows) {
    const std::size_t count = std::min(Neighbours::kBlockRows, row_count - begin);
    const auto block = neighbours->to_rows(begin, count);
    if (!block.ok()) return block.error();
    for (std::size_t i = 0; i < count; ++i) {
      scratch.clear();
      for (std::size_t row = 0; row < row_count; ++row) {
        if (row != begin + i) scratch.push_back(block.value()[row * count + i]);
      }
      result[begin + i] = nearness_of(scratch);
    }
  }
  return result;
}

Status KnownJudge::State::fit(const KnownSamples& samples, const KnownOptions& options,
                              const ComputePool& pool) {
  feature_count = samples.feature_count;
  class_count = samples.class_count;
  if (!enough(samples)) return {};
  const std::size_t count = samples.class_indices.size();
  const std::size_t kept_count = std::min(count, kMostRows);
  std::vector<std::size_t> position_of(count, count);
  std::vector<float> kept;
  kept.reserve(kept_count * feature_count);
  for (std::size_t i = 0; i < kept_count; ++i) {
    const std::size_t row = i * count / kept_count;
    const auto from = samples.features.subspan(row * feature_count, feature_count);
    kept.insert(kept.end(), from.begin(), from.end());
    position_of[row] = i;
  }
  auto made = Neighbours::create(kept, feature_count, pool);
  if (!made.ok()) return made.error();
  neighbours.emplace(std::move(made).value());
  const auto near = nearness_of_rows();
  if (!near.ok()) return near.error();
  nearness = spread_of(near.value());

  // Rows that were measured have both signs.
  std::vector<double> energies;
  std::vector<double> scores;
  for (std::size_t i = 0; i < samples.held_out_rows.size(); ++i) {
    energies.push_back(log_sum_exp(samples.held_out_logits.subspan(i * class_count, class_count)));
  }
  uses_energy = !energies.empty();
  energy = spread_of(energies);
  for (std::size_t i = 0; i < energies.size(); ++i) {
    const std::size_t position = position_of[samples.held_out_rows[i]];
    if (position == count) continue;
    scores.push_back(nearness.standardised(near.value()[position]) + energy.standardised(energies[i]));
  }
  if (scores.empty()) {
    uses_energy = false;
    for (const double value : near.value()) scores.push_back(nearness.standardised(value));
  }
  threshold = quantile(scores, 1 - options.kept_fraction);
  width = std::max(1e-6, (quantile(scores, 0.5) - threshold) / 3);
  return {};
}

Result<KnownJudge> KnownJudge::fit(const KnownSamples& samples, const KnownOptions& options,
                                   const ComputePool& pool) {
  const Status valid = check(samples, options);
  if (!valid.ok()) return valid.error();
  auto state = std::make_unique<State>();
  const Status fitted = state->fit(samples, options, pool);
  if (!fitted.ok()) return fitted.error();
  return KnownJudge(std::move(state));
}

KnownJudge::KnownJudge(std::unique_ptr<State> state) : state_(std::move(state)) {}
KnownJudge::KnownJudge(KnownJudge&&) noexcept = default;
KnownJudge& KnownJudge::operator=(KnownJudge&&) noexcept = default;
KnownJudge::~KnownJudge() = default;

bool KnownJudge::judges() const {
  return state_->neighbours.has_value();
}

Result<double> KnownJudge::known(std::span<const float> features, std::span<const float> logits) {
  State& state = *state_;
  if (features.size() != state.feature_count || logits.size() != state.class_count) {
    return Error{ErrorCode::kBadArgument, "expected " + std::to_string(state.feature_count) +
                                              " features and " + std::to_string(state.class_count) +
                                              " logits, got " + std::to_string(features.size()) + " and " +
                                              std::to_string(logits.size())};
  }
  if (!judges()) return 1.0;
  const auto similarities = state.neighbours->to(features);
  if (!similarities.ok()) return similarities.error();
  state.scratch.assign(similarities.value().begin(), similarities.value().end());
  double score = state.nearness.standardised(nearness_of(state.scratch));
  if (state.uses_energy) score += state.energy.standardised(log_sum_exp(logits));
  return 1 / (1 + exponential(-(score - state.threshold) / state.width));
}

std::size_t KnownJudge::memory_bytes() const {
  return judges() ? state_->neighbours->memory_bytes() : 0;
}

}  // namespace headstart
