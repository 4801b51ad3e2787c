#include "headstart/fine_tuner.h"

#include <algorithm>
#include <cmath>
#include <utility>

#include "fine_tune/tuning.h"
#include "network/border.h"
#include "network/network_file.h"

namespace headstart {
namespace {

Status check_options(const FineTuneOptions& options) {
  if (options.epoch_count < 1 || options.epoch_count > 1000 || options.batch_size < 1 ||
      options.batch_size > 256) {
    return bad_argument("fine-tuning takes 1 to 1000 epochs in batches of 1 to 256, got " +
                        std::to_string(options.epoch_count) + " and " + std::to_string(options.batch_size));
  }
  const auto between = [](double value, double low, double high) { return value >= low && value <= high; };
  if (!between(options.learning_rate, 0, 1) || !between(options.depth_decay, 0, 1) ||
      !between(options.pull_to_start, 0, 100) || !between(options.warm_up_fraction, 0, 1) ||
      !between(options.held_out_fraction, 0, 0.5)) {
    return bad_argument(
        "expected rates and fractions from 0 to 1 (pull_to_start to 100, held_out_fraction to 0.5)");
  }
  return {};
}

struct Prepared {
  std::vector<SplitPicture> pictures;
  FineTunePlan plan;
  std::string backbone_sha256;
  std::vector<FeatureBlock> head_blocks;
};

// The maps that a head of the trained network reads, one behind the other.
Result<std::vector<FeatureBlock>> head_blocks(const Network& network, const FineTunePlan& plan,
                                              TrainedPart part) {
  if (part == TrainedPart::kCut) {
    return std::vector<FeatureBlock>{{"cut", 0, plan.feature_count(), /*is_rectified=*/true}};
  }
  const std::vector<FeatureBlock> all = feature_blocks_of(network);
  Result<std::vector<FeatureBlock>> last = select_features(all, named_maps(all, {"last"}));
  if (!last) return last;
  std::size_t offset = 0;
  for (FeatureBlock& block : last.value()) {
    block.offset = offset;
    offset += block.count;
  }
  return last;
}

Result<Prepared> prepare(std::span<const std::uint8_t> backbone_file, std::int32_t input_size_px,
                         std::span<const FineTuneView> views, std::span<const std::string> labels,
                         const FineTuneOptions& options) {
  const Status valid = check_options(options);
  if (!valid) return valid.error();
  Result<std::vector<SplitPicture>> pictures =
      split_pictures(views, labels, options.held_out_fraction, options.seed);
  if (!pictures) return pictures.error();
  if (input_size_px < 32 || input_size_px > 1024) {
    return bad_argument("the input size must be from 32 to 1024 px, got " + std::to_string(input_size_px));
  }
  Result<Network> network = read_network(backbone_file);
  if (!network) return network.error();
  const Status fitted = fit_network(network.value(), static_cast<std::size_t>(input_size_px));
  if (!fitted) return fitted.error();
  Result<FineTunePlan> plan = make_fine_tune_plan(network.value(), options, labels.size());
  if (!plan) return plan.error();
  Result<std::vector<FeatureBlock>> blocks = head_blocks(network.value(), plan.value(), options.part);
  if (!blocks) return blocks.error();
  return Prepared{std::move(pictures).value(), std::move(plan).value(), network.value().sha256,
                  std::move(blocks).value()};
}

}  // namespace

Result<FineTuneEstimate> FineTuner::estimate(std::span<const std::uint8_t> backbone_file,
                                             std::int32_t input_size_px, std::span<const FineTuneView> views,
                                             std::span<const std::string> labels,
                                             const FineTuneOptions& options) {
  const Result<Prepared> prepared = prepare(backbone_file, input_size_px, views, labels, options);
  if (!prepared) return prepared.error();
  const FineTunePlan& plan = prepared.value().plan;
  std::size_t train_views = 0;
  std::size_t held_out = 0;
  for (const SplitPicture& picture : prepared.value().pictures) {
    held_out += picture.held_out ? 1 : 0;
    train_views += picture.held_out ? 0 : picture.views.size();
  }
  const std::size_t picture_count = prepared.value().pictures.size();
  FineTuneEstimate estimate;
  estimate.border = plan.border();
  estimate.frozen_weight_count = plan.frozen_weight_count;
  estimate.view_multiply_adds = plan.train_multiply_adds();
  for (const Parameter& parameter : plan.parameters) {
    estimate.trained_weight_count += parameter.element_count();
  }
  const std::size_t piece =
      TrainedNetwork::piece_size_for(plan, options.batch_size, options.activation_budget_bytes);
  const auto pieces = [&](std::size_t count) { return (count + piece - 1) / piece; };
  const std::size_t batches = (train_views + options.batch_size - 1) / options.batch_size;
  estimate.train_step_count = options.epoch_count * batches * pieces(options.batch_size);
  const std::size_t final_count =
      final_views(prepared.value().pictures, most_final_views(options, plan)).size();
  // The first features, every epoch's measurement, the last embeddings.
  const std::size_t first_passes = options.part == TrainedPart::kCut ? 2 : 1;
  estimate.forward_step_count =
      first_passes * pieces(picture_count) + pieces(final_count) + options.epoch_count * pieces(held_out);
  const std::size_t map_bytes = plan.border_size() * sizeof(std::uint16_t);
  const std::size_t wanted_views = std::max(train_views + held_out, final_count);
  const std::size_t cached = std::min(wanted_views, options.cache_budget_bytes / map_bytes);
  estimate.cache_bytes = cached * map_bytes;
  // What the cache does not hold is asked for in each epoch; which views those are, the order of adding
  // decides.
  estimate.frozen_pass_count = wanted_views + (wanted_views - cached) * (options.epoch_count - 1);
  if (options.head == HeadKind::kDiscriminant) estimate.frozen_pass_count += wanted_views - cached;
  const std::size_t final_features = final_count * plan.feature_count() * sizeof(float);
  // The best weights and those that are handed out; the features and the linear probe's copy of them.
  estimate.memory_bytes = estimate.cache_bytes + options.batch_size * map_bytes +
                          TrainedNetwork::memory_bytes_for(plan, piece) +
                          2 * estimate.trained_weight_count * sizeof(float) + 3 * final_features;
  return estimate;
}

Result<FineTuner> FineTuner::start(std::span<const std::uint8_t> backbone_file, std::int32_t input_size_px,
                                   std::span<const FineTuneView> views, std::span<const std::string> labels,
                                   const FineTuneOptions& options, const Head* head,
                                   const ComputePool& pool) {
  Result<Prepared> prepared = prepare(backbone_file, input_size_px, views, labels, options);
  if (!prepared) return prepared.error();
  Result<TrainedNetwork> network = TrainedNetwork::create(
      std::move(prepared.value().plan), options.batch_size, options.activation_budget_bytes, pool);
  if (!network) return network.error();
  FineTuneTask task{options,
                    {views.begin(), views.end()},
                    {labels.begin(), labels.end()},
                    std::move(prepared.value().pictures),
                    std::nullopt,
                    std::move(prepared.value().backbone_sha256),
                    input_size_px,
                    std::move(prepared.value().head_blocks)};
  if (head != nullptr) task.head_in_use = *head;
  auto state = std::make_unique<State>(std::move(task), std::move(network).value(), pool);
  return FineTuner(std::move(state));
}

FineTuner::FineTuner(std::unique_ptr<State> state) : state_(std::move(state)) {}
FineTuner::FineTuner(FineTuner&&) noexcept = default;
FineTuner& FineTuner::operator=(FineTuner&&) noexcept = default;
FineTuner::~FineTuner() = default;

const std::string& FineTuner::border() const {
  return state_->report.border;
}
std::vector<std::string> FineTuner::border_maps() const {
  return maps_of_border(border());
}
std::size_t FineTuner::border_size() const {
  return state_->network.plan().border_size();
}

std::span<const std::uint32_t> FineTuner::wanted_views() {
  state_->wanted.clear();
  for (const std::uint32_t view : state_->next_piece()) {
    if (!state_->cache.has(view)) state_->wanted.push_back(view);
  }
  return state_->wanted;
}

Status FineTuner::supply_map(std::uint32_t view, std::span<const float> map) {
  const std::size_t expected = state_->network.plan().border_size();
  if (map.size() != expected) {
    return bad_argument("the map at " + border() + " has " + std::to_string(expected) + " numbers, got " +
                        std::to_string(map.size()));
  }
  const std::span<const std::uint32_t> piece = state_->next_piece();
  if (std::find(piece.begin(), piece.end(), view) == piece.end()) {
    return bad_argument("the map of view " + std::to_string(view) + " was not asked for");
  }
  if (!std::all_of(map.begin(), map.end(), [](float value) { return std::isfinite(value); })) {
    return bad_argument("a map must hold finite numbers");
  }
  return state_->cache.put(view, map);
}

Result<FineTuneProgress> FineTuner::step() {
  return state_->step();
}

void FineTuner::stop() {
  state_->stop_requested = true;
}

Result<std::vector<std::uint8_t>> FineTuner::round_file(const FineTuneOrigin& origin) const {
  return state_->round_file(origin);
}

Status FineTuner::take_up(std::span<const std::uint8_t> round_file) {
  return state_->take_up(round_file);
}

Status FineTuner::trial_step() {
  return state_->trial_step();
}

std::span<const FineTuneEpoch> FineTuner::epochs() const {
  return state_->epochs.done();
}

std::span<const float> FineTuner::embeddings() const {
  return state_->embeddings;
}

std::size_t FineTuner::cache_bytes() const {
  return state_->cache.bytes();
}

std::size_t FineTuner::memory_bytes() const {
  return state_->memory_bytes();
}

const FineTuned& FineTuner::result() const {
  return state_->tuned;
}
const FineTuneReport& FineTuner::report() const {
  return state_->report;
}

}  // namespace headstart
