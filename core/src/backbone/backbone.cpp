#include "headstart/backbone.h"

#include <xnnpack.h>

#include <algorithm>
#include <cassert>
#include <cmath>
#include <utility>

#include "backbone/backbone_options.h"
#include "backbone/graph_builder.h"
#include "backbone/network_graph.h"
#include "backbone/pooling.h"
#include "headstart/buffer.h"
#include "headstart/features.h"
#include "network/map_name.h"
#include "network/network_file.h"

namespace headstart {
namespace {

static_assert(XNN_EXTRA_BYTES <= kReadablePaddingBytes,
              "XNNPACK reads further past the end than our buffers allow");

constexpr std::size_t kImageChannels = 3;

// External ids of the graph: the means of the maps come after the input, then the maps that were asked for.
constexpr std::uint32_t kInputId = 0;
constexpr std::uint32_t kFirstMeanId = 1;

}  // namespace

// Where a deviation is and what it is taken of: positions among blocks, blocks and maps.
struct Spread {
  std::size_t block = 0;
  std::size_t mean = 0;
  std::size_t map = 0;
};

// Members are destroyed from the last to the first: the runtime goes before the weights and buffers that it
// points to.
struct Backbone::State {
  BackboneInfo info;
  Network network;  // at the input size that it runs at, up to the map that it ends at
  std::int32_t input_size_px = 0;
  std::size_t max_batch_size = 1;
  Precision precision = Precision::kFloat32;
  std::size_t graph_bytes = 0;  // what XNNPACK keeps for itself, estimated
  ImagePreparer preparer;

  PaddedBuffer<float> input;               // [max_batch_size, input_size_px, input_size_px, 3]
  std::vector<FeatureBlock> blocks;        // of the maps that are computed
  std::vector<PaddedBuffer<float>> means;  // for each of blocks: [max_batch_size, count]; deviations too
  std::vector<Spread> spreads;             // for each deviation
  std::vector<float> side_by_side;         // of branches, their embeddings: [max_batch_size, embedding_dim]
  std::vector<MapInfo> maps;               // in the order asked, then those that deviations are taken of
  std::size_t asked_map_count = 0;
  std::vector<PaddedBuffer<float>> kept;  // for each of maps: [max_batch_size, height, width, channel_count]

  GraphRuntime runtime;
  std::size_t batch_size = 0;  // that the runtime is set up for

  State(BackboneInfo whole_info, Network a_network, const BackboneOptions& options,
        ImagePreparer image_preparer)
      : info(std::move(whole_info)),
        network(std::move(a_network)),
        input_size_px(static_cast<std::int32_t>(network.input_size_px)),
        max_batch_size(options.max_batch_size),
        precision(options.precision),
        preparer(std::move(image_preparer)) {}

  std::size_t add_map(const std::string& name);
  Status build(const BackboneOptions& options, const ComputePool& pool);
  Status allocate_buffers();
  Status set_up(std::size_t new_batch_size);
  Status check_answers();

  [[nodiscard]] std::size_t frame_element_count() const {
    const auto side = static_cast<std::size_t>(input_size_px);
    return side * side * kImageChannels;
  }
  [[nodiscard]] std::uint32_t first_map_id() const {
    return kFirstMeanId + static_cast<std::uint32_t>(blocks.size());
  }
  [[nodiscard]] bool has_embedding() const { return blocks.size() == info.feature_blocks.size(); }
  [[nodiscard]] std::span<const float> mean(std::size_t block_index, std::size_t batch_index) const {
    const std::size_t count = blocks[block_index].count;
    return std::as_const(means[block_index]).span().subspan(batch_index * count, count);
  }
  void find_spreads() {
    for (const Spread& spread : spreads) {
      for (std::size_t frame = 0; frame < batch_size; ++frame) {
        const std::size_t count = blocks[spread.block].count;
        const std::size_t size = map_element_count(spread.map);
        pool_deviations(std::as_const(kept[spread.map]).span().subspan(frame * size, size),
                        mean(spread.mean, frame), means[spread.block].span().subspan(frame * count, count));
      }
    }
  }
  // The last of several branches' means, which lie apart, in one piece.
  void gather_embeddings() {
    if (network.branches.empty()) return;
    auto out = side_by_side.begin();
    for (std::size_t frame = 0; frame < batch_size; ++frame) {
      for (std::size_t index = blocks.size() - network.branches.size(); index < blocks.size(); ++index) {
        out = std::ranges::copy(mean(index, frame), out).out;
      }
    }
  }
  [[nodiscard]] std::span<const float> embedding(std::size_t batch_index) const {
    if (network.branches.empty()) return mean(blocks.size() - 1, batch_index);
    return std::span(side_by_side).subspan(batch_index * info.embedding_dim, info.embedding_dim);
  }
  [[nodiscard]] std::size_t map_element_count(std::size_t index) const {
    return maps[index].height * maps[index].width * maps[index].channel_count;
  }
};

// The position of a map that is kept from now on.
std::size_t Backbone::State::add_map(const std::string& name) {
  const auto found = std::ranges::find(maps, name, &MapInfo::name);
  const auto index = static_cast<std::size_t>(found - maps.begin());
  if (found != maps.end()) return index;
  const MapShape& map = network.map_of(*network.find_block(name));
  maps.push_back({name, map.channel_count, map.height, map.width});
  return index;
}

Status Backbone::State::build(const BackboneOptions& options, const ComputePool& pool) {
  blocks = feature_blocks_of(network);
  for (const std::string& name : options.maps) add_map(name);
  asked_map_count = maps.size();
  for (std::size_t index = 0; index < blocks.size(); ++index) {
    if (!is_deviation(blocks[index].map)) continue;
    const std::string name(map_of_feature(blocks[index].map));
    const auto mean = std::ranges::find(blocks, name, &FeatureBlock::map);
    spreads.push_back({index, static_cast<std::size_t>(mean - blocks.begin()), add_map(name)});
  }
  NetworkGraph parts;
  parts.input_id = kInputId;
  parts.precision = options.precision;
  parts.map_id = [&](std::string_view name) -> ExternalId {
    const auto found = std::ranges::find(maps, name, &MapInfo::name);
    if (found == maps.end()) return std::nullopt;
    return first_map_id() + static_cast<std::uint32_t>(found - maps.begin());
  };
  parts.mean_id = [&](std::string_view name) {
    return kFirstMeanId +
           static_cast<std::uint32_t>(std::ranges::find(blocks, name, &FeatureBlock::map) - blocks.begin());
  };

  GraphBuilder graph(first_map_id() + static_cast<std::uint32_t>(maps.size()));
  add_network(graph, network, parts);
  auto built = graph.finish(pool);
  if (!built) return built.error();
  runtime = std::move(built).value();
  graph_bytes = graph.packed_bytes() + graph.working_bytes_per_frame() * max_batch_size;
  return allocate_buffers();
}

Status Backbone::State::allocate_buffers() {
  auto new_input = PaddedBuffer<float>::create(max_batch_size * frame_element_count());
  if (!new_input) return new_input.error();
  input = std::move(new_input).value();
  for (const FeatureBlock& block : blocks) {
    auto mean = PaddedBuffer<float>::create(max_batch_size * block.count);
    if (!mean) return mean.error();
    means.push_back(std::move(mean).value());
  }
  if (!network.branches.empty()) side_by_side.resize(max_batch_size * info.embedding_dim);
  for (std::size_t index = 0; index < maps.size(); ++index) {
    auto map = PaddedBuffer<float>::create(max_batch_size * map_element_count(index));
    if (!map) return map.error();
    kept.push_back(std::move(map).value());
  }
  // The largest batch first, so that XNNPACK allocates now and not while frames flow.
  if (Status largest = set_up(max_batch_size); !largest) return largest;
  return set_up(1);
}

Status Backbone::State::set_up(std::size_t new_batch_size) {
  if (new_batch_size == batch_size) return {};
  std::vector<ExternalBuffer> buffers = {{kInputId, input.data()}};
  for (std::size_t index = 0; index < means.size(); ++index) {
    if (is_deviation(blocks[index].map)) continue;
    buffers.push_back({kFirstMeanId + static_cast<std::uint32_t>(index), means[index].data()});
  }
  for (std::size_t index = 0; index < kept.size(); ++index) {
    buffers.push_back({first_map_id() + static_cast<std::uint32_t>(index), kept[index].data()});
  }
  batch_size = 0;  // a failure below leaves nothing usable
  if (Status fitted = runtime.set_up(new_batch_size, buffers); !fitted) return fitted;
  batch_size = new_batch_size;
  return {};
}

// Whoever loads a network learns here, not when training, that its numbers run away. Neither shapes nor
// weights tell that beforehand, so two pictures go through, one white and one striped: two frames' time.
Status Backbone::State::check_answers() {
  const Normalisation& normalisation = info.normalisation;
  for (const std::size_t stripe : {1U, 37U}) {
    const std::span<float> picture = input.span().first(frame_element_count());
    for (std::size_t i = 0; i < picture.size(); ++i) {
      const std::size_t pixel = stripe == 1 ? 255 : i * stripe % 256;
      picture[i] = static_cast<float>(pixel) * normalisation.scale + normalisation.offset;
    }
    if (Status ran = runtime.run(); !ran) return ran;
    find_spreads();
    for (std::size_t index = 0; index < blocks.size(); ++index) {
      if (std::ranges::all_of(mean(index, 0), [](float value) { return std::isfinite(value); })) continue;
      return bad_file("the network's weights are too large or not numbers: of a plain picture, its map \"" +
                      blocks[index].map + "\" is not finite");
    }
  }
  return {};
}

Backbone::Backbone(std::unique_ptr<State> state) : state_(std::move(state)) {}
Backbone::Backbone(Backbone&&) noexcept = default;
Backbone& Backbone::operator=(Backbone&&) noexcept = default;
Backbone::~Backbone() = default;

Result<Backbone> Backbone::load(std::span<const std::uint8_t> file, const BackboneOptions& options,
                                const ComputePool& pool) {
  auto network = read_network(file);
  if (!network) return network.error();
  if (options.precision == Precision::kInt8 && !network.value().is_quantised()) {
    return unsupported(
        "int8 is for networks whose file computes in bytes (a .tflite in int8), this one's does not: take "
        "float32");
  }
  return from_network(std::move(network).value(), options, pool);
}

Result<Backbone> Backbone::from_network(Network network, const BackboneOptions& options,
                                        const ComputePool& pool) {
  BackboneInfo info = info_of(network);
  if (const Status checked = check_options(options, info); !checked) return checked.error();
  const std::int32_t size_px = options.input_size_px == 0 ? info.input_size_px : options.input_size_px;
  auto preparer = ImagePreparer::create(size_px, &pool);
  if (!preparer) return preparer.error();
  if (!options.end_map.empty()) {
    auto cut = cut_network(std::move(network), options.end_map);
    if (!cut) return cut.error();
    network = std::move(cut).value();
  }
  if (const Status fitted = fit_network(network, static_cast<std::size_t>(size_px)); !fitted) {
    return fitted.error();
  }
  auto state =
      std::make_unique<State>(std::move(info), std::move(network), options, std::move(preparer).value());
  if (const Status built = state->build(options, pool); !built) return built.error();
  if (const Status checked = state->check_answers(); !checked) return checked.error();
  return Backbone(std::move(state));
}

const BackboneInfo& Backbone::info() const {
  return state_->info;
}
const Network& Backbone::network() const {
  return state_->network;
}
std::int32_t Backbone::input_size_px() const {
  return state_->input_size_px;
}
std::size_t Backbone::max_batch_size() const {
  return state_->max_batch_size;
}
Precision Backbone::precision() const {
  return state_->precision;
}
std::span<const MapInfo> Backbone::maps() const {
  return std::span(state_->maps).first(state_->asked_map_count);
}
std::span<const FeatureBlock> Backbone::feature_blocks() const {
  return state_->blocks;
}
std::size_t Backbone::feature_count() const {
  return feature_count_of(state_->blocks);
}

std::size_t Backbone::memory_bytes() const {
  std::size_t bytes = state_->network.parameter_count() * sizeof(float) + state_->graph_bytes +
                      state_->input.size_bytes() + state_->preparer.memory_bytes();
  bytes += state_->side_by_side.size() * sizeof(float);
  for (const PaddedBuffer<float>& mean : state_->means) bytes += mean.size_bytes();
  for (const PaddedBuffer<float>& map : state_->kept) bytes += map.size_bytes();
  return bytes;
}

Status Backbone::prepare(const FrameView& frame, const PrepareOptions& options, std::size_t batch_index) {
  if (batch_index >= state_->max_batch_size) {
    return bad_argument("the batch has room for " + std::to_string(state_->max_batch_size) +
                        " frames, got one for place " + std::to_string(batch_index));
  }
  return state_->preparer.prepare(frame, options, state_->info.normalisation, input(batch_index));
}

Status Backbone::embed(const FrameView& frame, const PrepareOptions& options,
                       std::span<float> embedding_out) {
  if (!state_->has_embedding()) {
    return bad_argument("the network ends at \"" + state_->blocks.back().map + "\", it gives no embedding");
  }
  if (embedding_out.size() != state_->info.embedding_dim) {
    return bad_argument("an embedding takes " + std::to_string(state_->info.embedding_dim) +
                        " numbers, room was given for " + std::to_string(embedding_out.size()));
  }
  if (Status prepared = prepare(frame, options, 0); !prepared) return prepared;
  if (Status ran = run(1); !ran) return ran;
  std::ranges::copy(embedding(0), embedding_out.begin());
  return {};
}

Status Backbone::embed_features(const FrameView& frame, const PrepareOptions& options,
                                std::span<float> features_out) {
  if (features_out.size() != feature_count()) {
    return bad_argument("the features take " + std::to_string(feature_count()) +
                        " numbers, room was given for " + std::to_string(features_out.size()));
  }
  if (Status prepared = prepare(frame, options, 0); !prepared) return prepared;
  if (Status ran = run(1); !ran) return ran;
  features(0, features_out);
  return {};
}

std::span<float> Backbone::input(std::size_t batch_index) {
  assert(batch_index < state_->max_batch_size);
  const std::size_t count = state_->frame_element_count();
  return state_->input.span().subspan(batch_index * count, count);
}

Status Backbone::run(std::size_t batch_size) {
  if (batch_size < 1 || batch_size > state_->max_batch_size) {
    return bad_argument("a batch must have from 1 to " + std::to_string(state_->max_batch_size) +
                        " frames, got " + std::to_string(batch_size));
  }
  if (Status fitted = state_->set_up(batch_size); !fitted) return fitted;
  if (Status ran = state_->runtime.run(); !ran) return ran;
  state_->find_spreads();
  state_->gather_embeddings();
  return {};
}

std::span<const float> Backbone::embedding(std::size_t batch_index) const {
  assert(batch_index < state_->batch_size && state_->has_embedding());
  return state_->embedding(batch_index);
}

void Backbone::features(std::size_t batch_index, std::span<float> features_out) const {
  assert(batch_index < state_->batch_size && features_out.size() == feature_count());
  for (std::size_t index = 0; index < state_->blocks.size(); ++index) {
    std::ranges::copy(state_->mean(index, batch_index),
                      features_out.subspan(state_->blocks[index].offset).begin());
  }
}

std::span<const float> Backbone::map(std::size_t batch_index, std::size_t map_index) const {
  assert(batch_index < state_->batch_size && map_index < state_->asked_map_count);
  const std::size_t count = state_->map_element_count(map_index);
  return std::as_const(state_->kept[map_index]).span().subspan(batch_index * count, count);
}

}  // namespace headstart
