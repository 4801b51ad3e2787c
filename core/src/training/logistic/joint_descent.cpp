#include "training/logistic/joint_descent.h"

#include <algorithm>
#include <utility>

namespace headstart {
namespace {

// A line search evaluates each logit two or three times; that many take a few milliseconds.
constexpr std::size_t kLogitsPerSlice = 50000;

std::size_t column_count(const std::vector<LogisticFit*>& fits) {
  std::size_t count = 0;
  for (const LogisticFit* fit : fits) count += fit->class_count();
  return count;
}

float* append_as_floats(std::span<const double> values, float* out) {
  return std::transform(values.begin(), values.end(), out,
                        [](double value) { return static_cast<float>(value); });
}

}  // namespace

void JointDescent::start(std::vector<LogisticFit*> fits, const DescentOptions& options) {
  active_ = std::move(fits);
  options_ = options;
  falling_.clear();
  walked_count_ = 0;
  rounds_here_ = 0;
  stage_ = active_.empty() ? Stage::kDone : Stage::kGradients;
}

Result<bool> JointDescent::step() {
  Status status;
  switch (stage_) {
    case Stage::kGradients:
      status = begin_gradients();
      break;
    case Stage::kMultiplyGradients:
    case Stage::kMultiplyDirections: {
      const Result<bool> finished = design_.advance();
      if (!finished) return finished.error();
      if (!finished.value()) return false;
      if (stage_ == Stage::kMultiplyGradients) {
        take_gradients();
        stage_ = Stage::kPlan;
      } else {
        take_direction_logits();
        stage_ = Stage::kWalk;
      }
      break;
    }
    case Stage::kPlan:
      plan();
      if (!active_.empty() && design_.coordinates() == Coordinates::kFeatures) {
        status = begin_directions();
      } else {
        stage_ = Stage::kWalk;
      }
      break;
    case Stage::kWalk:
      walk();
      break;
    case Stage::kDone:
      break;
  }
  if (!status) return status.error();
  if (active_.empty() && stage_ != Stage::kWalk) stage_ = Stage::kDone;
  return stage_ == Stage::kDone;
}

Status JointDescent::begin_gradients() {
  multiplied_.clear();
  for (LogisticFit* fit : active_) {
    if (fit->needs_gradient()) multiplied_.push_back(fit);
  }
  stage_ = Stage::kPlan;
  if (multiplied_.empty()) return {};
  const bool in_samples = design_.coordinates() == Coordinates::kSamples;
  const auto map = in_samples ? LogisticDesign::Map::kLogits : LogisticDesign::Map::kGradients;
  Result<std::span<float>> vectors = design_.begin(map, column_count(multiplied_));
  if (!vectors) return vectors.error();
  float* out = vectors.value().data();
  for (const LogisticFit* fit : multiplied_) out = append_as_floats(fit->residuals(), out);
  stage_ = Stage::kMultiplyGradients;
  return {};
}

void JointDescent::take_gradients() {
  const std::size_t stride = column_count(multiplied_);
  std::size_t first = 0;
  for (LogisticFit* fit : multiplied_) {
    fit->set_gradient(design_.product(), first, stride);
    first += fit->class_count();
  }
}

void JointDescent::plan() {
  ++rounds_here_;
  const bool enough = rounds_here_ > options_.most_rounds;
  std::erase_if(active_, [&](LogisticFit* fit) { return fit->plan() <= options_.tolerance || enough; });
}

Status JointDescent::begin_directions() {
  multiplied_ = active_;
  Result<std::span<float>> vectors = design_.begin(LogisticDesign::Map::kLogits, column_count(multiplied_));
  if (!vectors) return vectors.error();
  float* out = vectors.value().data();
  for (const LogisticFit* fit : multiplied_) out = append_as_floats(fit->direction(), out);
  stage_ = Stage::kMultiplyDirections;
  return {};
}

void JointDescent::take_direction_logits() {
  const std::size_t stride = column_count(multiplied_);
  std::size_t first = 0;
  for (LogisticFit* fit : multiplied_) {
    fit->set_direction_logits(design_.product(), first, stride);
    first += fit->class_count();
  }
}

void JointDescent::walk() {
  std::size_t logit_count = 0;
  while (walked_count_ < active_.size() && logit_count < kLogitsPerSlice) {
    LogisticFit* fit = active_[walked_count_++];
    logit_count += fit->logits().size();
    if (fit->walk()) falling_.push_back(fit);
  }
  if (walked_count_ < active_.size()) return;
  active_.swap(falling_);
  falling_.clear();
  walked_count_ = 0;
  stage_ = Stage::kGradients;
}

}  // namespace headstart
