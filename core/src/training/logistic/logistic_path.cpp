#include "training/logistic/logistic_path.h"

#include <algorithm>
#include <cmath>
#include <utility>

#include "base/softmax.h"

namespace headstart {
namespace {

// Wide enough for a product to be efficient; 5 folds of 12 classes go together.
constexpr std::size_t kColumnsPerGroup = 64;
constexpr std::size_t kPairCount = 6;
// Held-out logits need no more: thirty times tighter moves test accuracy by 0.1 points, either way.
constexpr DescentOptions kDescent{.tolerance = 3e-4, .most_rounds = 60};
// With a rough inverse a full step promises what it brings; without, a third of it.
constexpr DescentOptions kPreconditionedDescent{.tolerance = 1e-3, .most_rounds = 60};

void add_share(std::vector<double>& sum, std::span<const double> values, double share) {
  if (sum.empty()) sum.assign(values.size(), 0.0);
  for (std::size_t k = 0; k < sum.size(); ++k) sum[k] += share * values[k];
}

}  // namespace

LogisticPath::LogisticPath(const Problem& problem)
    : problem_(problem),
      descent_(*problem.design),
      folds_per_group_(
          std::clamp<std::size_t>(kColumnsPerGroup / problem.class_count, 1, problem.folds->fold_count)),
      logits_(problem.strengths.size()),
      mean_points_(problem.strengths.size()),
      mean_logits_(problem.strengths.size()) {
  for (std::size_t i = 0; i < problem_.folds->fold_of_row.size(); ++i) {
    if (problem_.folds->fold_of_row[i] == kNeverHeldOut) continue;
    held_out_rows_.push_back(static_cast<std::uint32_t>(i));
    held_out_classes_.push_back(problem_.class_indices[i]);
  }
  for (auto& logits : logits_) logits.assign(held_out_rows_.size() * problem_.class_count, 0.0F);
  candidates_.resize(problem_.strengths.size());
  losses_.resize(problem_.strengths.size());
  const auto distance = [&](double strength) { return ratio_to_usual(strength); };
  const auto usual = std::ranges::min_element(problem_.strengths, {}, distance);
  order_.push_back(static_cast<std::size_t>(usual - problem_.strengths.begin()));
  start_group();
}

// How many strengths there will be is known after the first group only; it is seldom more than four.
double LogisticPath::fraction() const {
  if (done_) return 1;
  const auto fold_count = static_cast<double>(problem_.folds->fold_count);
  const double visited = static_cast<double>(position_);
  const double expected = group_begin_ == 0 ? visited + 2 : static_cast<double>(order_.size());
  return (static_cast<double>(group_begin_) + visited / expected * static_cast<double>(fits_.size())) /
         fold_count;
}

// How many times the usual strength, or its inverse.
double LogisticPath::ratio_to_usual(double strength) const {
  const double ratio = strength / problem_.usual_strength;
  return std::max(ratio, 1 / ratio);
}

Result<bool> LogisticPath::step() {
  if (done_) return true;
  const Result<bool> converged = descent_.step();
  if (!converged) return converged.error();
  if (converged.value()) finish_strength();
  return done_;
}

void LogisticPath::start_group() {
  const std::size_t end = std::min(problem_.folds->fold_count, group_begin_ + folds_per_group_);
  fits_.clear();
  fits_.reserve(end - group_begin_);
  for (std::size_t fold = group_begin_; fold < end; ++fold) {
    LogisticFit::Problem fit{.design = problem_.design,
                             .class_indices = problem_.class_indices,
                             .class_count = problem_.class_count,
                             .is_training = std::vector<std::uint8_t>(problem_.class_indices.size())};
    const std::vector<std::uint32_t>& fold_of_sample = problem_.folds->fold_of_row;
    for (std::size_t r = 0; r < fit.is_training.size(); ++r) {
      fit.is_training[r] = fold_of_sample[r % fold_of_sample.size()] == fold ? 0 : 1;
    }
    fits_.emplace_back(fit, problem_.strengths[order_.front()], kPairCount);
  }
  position_ = 0;
  start_strength();
}

void LogisticPath::start_strength() {
  std::vector<LogisticFit*> fits;
  for (LogisticFit& fit : fits_) {
    fit.set_l2(problem_.strengths[order_[position_]]);
    fits.push_back(&fit);
  }
  const bool is_preconditioned = !problem_.design->directions().empty();
  descent_.start(std::move(fits), is_preconditioned ? kPreconditionedDescent : kDescent);
}

void LogisticPath::finish_strength() {
  const std::size_t strength_index = order_[position_];
  const double share = 1 / static_cast<double>(problem_.folds->fold_count);
  for (std::size_t k = 0; k < fits_.size(); ++k) {
    add_share(mean_points_[strength_index], fits_[k].point(), share);
    add_share(mean_logits_[strength_index], fits_[k].logits(), share);
  }
  for (std::size_t k = 0; k < held_out_rows_.size(); ++k) {
    const std::uint32_t row = held_out_rows_[k];
    const std::size_t fold = problem_.folds->fold_of_row[row];
    if (fold < group_begin_ || fold >= group_begin_ + fits_.size()) continue;
    float* out = logits_[strength_index].data() + k * problem_.class_count;
    for (std::size_t c = 0; c < problem_.class_count; ++c) {
      out[c] = static_cast<float>(held_out_logit(fits_[fold - group_begin_], row, c));
    }
  }
  // The first group decides where the path goes; the others follow it there.
  if (group_begin_ == 0) {
    judge(strength_index);
    if (const std::optional<std::size_t> next = next_strength()) order_.push_back(*next);
  }
  ++position_;
  if (position_ == order_.size()) {
    finish_group();
  } else {
    start_strength();
  }
}

// A linear head's answer to the mean of two rows is the mean of its answers.
double LogisticPath::held_out_logit(const LogisticFit& fit, std::size_t row, std::size_t class_index) const {
  if (problem_.second_look == SecondLook::kNo) return fit.logit(row, class_index);
  const std::size_t mirror = problem_.folds->fold_of_row.size() + row;
  return 0.5 * (fit.logit(row, class_index) + fit.logit(mirror, class_index));
}

// The loss falls towards its least value and rises behind it, so a side is done where its outermost strength
// is not the best one.
std::optional<std::size_t> LogisticPath::next_strength() const {
  const auto [first, last] = std::ranges::minmax(order_);
  const std::size_t best =
      std::ranges::min(order_, {}, [&](std::size_t index) { return candidates_[index].calibrated_log_loss; });
  if (best == last && last + 1 < problem_.strengths.size()) return last + 1;
  if (best == first && first > 0) return first - 1;
  return std::nullopt;
}

void LogisticPath::finish_group() {
  for (const LogisticFit& fit : fits_) evaluation_count_ += fit.evaluation_count();
  group_begin_ += fits_.size();
  if (group_begin_ < problem_.folds->fold_count) {
    start_group();
    return;
  }
  done_ = true;
  keep_visited();
  for (std::size_t k = 0; k < candidates_.size(); ++k) judge(k);
  choose();
}

// What was tried lies side by side.
void LogisticPath::keep_visited() {
  const auto [first, last] = std::ranges::minmax(order_);
  const auto keep = [first, last](auto& each) {
    each.erase(each.begin() + static_cast<std::ptrdiff_t>(last) + 1, each.end());
    each.erase(each.begin(), each.begin() + static_cast<std::ptrdiff_t>(first));
  };
  keep(problem_.strengths);
  keep(candidates_);
  keep(logits_);
  keep(losses_);
  keep(mean_points_);
  keep(mean_logits_);
}

// The temperature is part of what is exported, so strengths are compared as they will be used: each after its
// own temperature.
void LogisticPath::judge(std::size_t strength_index) {
  std::vector<float> logits;
  std::vector<std::uint32_t> classes;
  const std::size_t class_count = problem_.class_count;
  for (std::size_t k = 0; k < held_out_rows_.size(); ++k) {
    if (problem_.folds->fold_of_row[held_out_rows_[k]] >= group_begin_ + fits_.size()) continue;
    const float* row = logits_[strength_index].data() + k * class_count;
    logits.insert(logits.end(), row, row + class_count);
    classes.push_back(held_out_classes_[k]);
  }
  const Metrics plain = measure(logits, classes, class_count);
  const double temperature = fit_temperature(logits, classes, class_count);
  std::vector<double>& losses = losses_[strength_index];
  losses.clear();
  std::vector<double> row(class_count);
  double sum = 0;
  for (std::size_t k = 0; k < classes.size(); ++k) {
    for (std::size_t c = 0; c < class_count; ++c) {
      row[c] = static_cast<double>(logits[k * class_count + c]) / temperature;
    }
    softmax(row);
    losses.push_back(-logarithm(std::max(row[classes[k]], kLeastProbability)));
    sum += losses.back();
  }
  candidates_[strength_index] = {.l2 = problem_.strengths[strength_index],
                                 .log_loss = plain.log_loss,
                                 .calibrated_log_loss = sum / static_cast<double>(classes.size()),
                                 .accuracy = plain.accuracy};
}

bool LogisticPath::is_nearly_best(std::size_t strength_index, std::size_t least_index) const {
  const std::vector<double>& losses = losses_[strength_index];
  const std::vector<double>& least = losses_[least_index];
  const auto n = static_cast<double>(losses.size());
  const double mean =
      candidates_[strength_index].calibrated_log_loss - candidates_[least_index].calibrated_log_loss;
  double square_sum = 0;
  for (std::size_t k = 0; k < losses.size(); ++k) {
    const double deviation = losses[k] - least[k] - mean;
    square_sum += deviation * deviation;
  }
  return mean <= std::sqrt(square_sum / (n * std::max(1.0, n - 1)));
}

void LogisticPath::choose() {
  std::size_t least = 0;
  for (std::size_t k = 1; k < candidates_.size(); ++k) {
    if (candidates_[k].calibrated_log_loss < candidates_[least].calibrated_log_loss) least = k;
  }
  const auto distance = [&](std::size_t k) { return ratio_to_usual(candidates_[k].l2); };
  best_index_ = least;
  for (std::size_t k = 0; k < candidates_.size(); ++k) {
    if (distance(k) < distance(best_index_) && is_nearly_best(k, least)) best_index_ = k;
  }
}

}  // namespace headstart
