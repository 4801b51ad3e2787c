#include "headstart/fine_tuner.h"

#include <algorithm>
#include <cmath>
#include <utility>

#include "files/safetensors.h"
#include "fine_tune/tuning.h"

namespace headstart {
namespace {

Status check_options(const FineTuneOptions& options) {
  if (options.epoch_count < 1 || options.epoch_count > 1000 || options.batch_size < 1 ||
      options.batch_size > 256) {
    return Error{ErrorCode::kBadArgument, "fine-tuning takes 1 to 1000 epochs in batches of 1 to 256, got " +
                                              std::to_string(options.epoch_count) + " and " +
                                              std::to_string(options.batch_size)};
  }
  const auto between = [](double value, double low, double high) { return value >= low && value <= high; };
  if (!between(options.learning_rate, 0, 1) || !between(options.depth_decay, 0, 1) ||
      !between(options.pull_to_start, 0, 100) || !between(options.warm_up_fraction, 0, 1) ||
      !between(options.held_out_fraction, 0, 0.5)) {
    return Error{ErrorCode::kBadArgument,
                 "expected rates and fractions from 0 to 1 (pull_to_start to 100, held_out_fraction to 0.5)"};
  }
  return {};
}

}  // namespace

Result<FineTuner> FineTuner::start(std::span<const std::uint8_t> backbone_file, std::int32_t input_size_px,
                                   std::span<const FineTuneView> views, std::span<const std::string> labels,
                                   const FineTuneOptions& options, const Head* head,
                                   const ComputePool& pool) {
  const Status valid = check_options(options);
  if (!valid.ok()) return valid.error();
  Result<std::vector<fine_tune::Picture>> pictures =
      fine_tune::split_pictures(views, labels, options.held_out_fraction, options.seed);
  if (!pictures.ok()) return pictures.error();
  const Result<SafetensorsView> file = SafetensorsView::parse(backbone_file);
  if (!file.ok()) return file.error();
  Result<fine_tune::Plan> plan = fine_tune::make_plan(file.value(), options, input_size_px, labels.size());
  if (!plan.ok()) return plan.error();
  const std::size_t map_size = plan.value().border_shape().size();
  Result<fine_tune::Network> network = fine_tune::Network::create(std::move(plan).value(), options.batch_size,
                                                                  options.activation_budget_bytes, pool);
  if (!network.ok()) return network.error();

  auto state =
      std::make_unique<State>(std::move(network).value(),
                              fine_tune::MapCache(views.size(), map_size, options.cache_budget_bytes), pool);
  state->options = options;
  state->views.assign(views.begin(), views.end());
  state->labels.assign(labels.begin(), labels.end());
  state->pictures = std::move(pictures).value();
  if (head != nullptr) state->head_in_use = *head;
  state->begin();
  return FineTuner(std::move(state));
}

FineTuner::FineTuner(std::unique_ptr<State> state) : state_(std::move(state)) {}
FineTuner::FineTuner(FineTuner&&) noexcept = default;
FineTuner& FineTuner::operator=(FineTuner&&) noexcept = default;
FineTuner::~FineTuner() = default;

const std::string& FineTuner::border() const {
  return state_->network.plan().border;
}
std::size_t FineTuner::border_height() const {
  return state_->network.plan().border_shape().height;
}
std::size_t FineTuner::border_width() const {
  return state_->network.plan().border_shape().width;
}
std::size_t FineTuner::border_channel_count() const {
  return state_->network.plan().border_shape().channel_count;
}

std::span<const std::uint32_t> FineTuner::wanted_views() {
  state_->wanted.clear();
  for (const std::uint32_t view : state_->next_piece()) {
    if (!state_->cache.has(view)) state_->wanted.push_back(view);
  }
  return state_->wanted;
}

Status FineTuner::supply_map(std::uint32_t view, std::span<const float> map) {
  const std::size_t expected = state_->network.plan().border_shape().size();
  if (map.size() != expected) {
    return Error{ErrorCode::kBadArgument, "the map at " + border() + " has " + std::to_string(expected) +
                                              " numbers, got " + std::to_string(map.size())};
  }
  const std::span<const std::uint32_t> piece = state_->next_piece();
  if (std::find(piece.begin(), piece.end(), view) == piece.end()) {
    return Error{ErrorCode::kBadArgument, "the map of view " + std::to_string(view) + " was not asked for"};
  }
  if (!std::all_of(map.begin(), map.end(), [](float value) { return std::isfinite(value); })) {
    return Error{ErrorCode::kBadArgument, "a map must hold finite numbers"};
  }
  return state_->cache.put(view, map);
}

Result<FineTuneProgress> FineTuner::step() {
  return state_->step();
}

void FineTuner::stop() {
  state_->stop_requested = true;
}

std::size_t FineTuner::cache_bytes() const {
  return state_->cache.bytes();
}

std::size_t FineTuner::memory_bytes() const {
  const std::size_t snapshots = state_->best_weights.size() + state_->collected.size();
  return state_->cache.bytes() + state_->network.memory_bytes() + snapshots * sizeof(float);
}

const FineTuned& FineTuner::result() const {
  return state_->tuned;
}
const FineTuneReport& FineTuner::report() const {
  return state_->report;
}

}  // namespace headstart
