#include "headstart/head_reader.h"

#include <algorithm>
#include <cmath>
#include <optional>
#include <utility>
#include <vector>

#include "backbone/pooling.h"
#include "headstart/features.h"
#include "network/map_name.h"
#include "network/network_file.h"

namespace headstart {
namespace {

constexpr const char* kCutFeatures = "cut";

bool is_cut(const Head& head) {
  return head.features.size() == 1 && head.features.front() == kCutFeatures;
}

Error misfit(const Error& reason) {
  return {ErrorCode::kBadFile, "this head does not fit the backbone: " + reason.message};
}

PrepareOptions mirrored_way(PrepareOptions options) {
  options.mirror = options.mirror == Mirror::kYes ? Mirror::kNo : Mirror::kYes;
  return options;
}

// The mean of a picture's map and of its mirror image's, place by place of the picture.
void add_turned_back(const PlacedFeatures& mirrored, PlacedFeatures& places) {
  const std::size_t count = places.channel_count;
  for (std::size_t place = 0; place < places.height * places.width; ++place) {
    const std::size_t x = place % places.width;
    const std::size_t turned = place - x + (places.width - 1 - x);
    for (std::size_t k = 0; k < count; ++k) {
      float& value = places.values[place * count + k];
      value = 0.5F * (value + mirrored.values[turned * count + k]);
    }
  }
}

// Turns a map into what each place has in its channels' deviations: (x - mean)² / deviation, whose mean over
// all places is the deviation again.
void share_deviation(PlacedFeatures& places) {
  const std::size_t count = places.channel_count;
  std::vector<float> means(count);
  std::vector<float> deviations(count);
  pool_map(places.values, count, means);
  pool_deviations(places.values, means, deviations);
  for (std::size_t i = 0; i < places.values.size(); ++i) {
    const float rest = places.values[i] - means[i % count];
    const float deviation = deviations[i % count];
    places.values[i] = deviation > 0 ? rest * rest / deviation : 0;
  }
}

}  // namespace

struct HeadReader::State {
  std::size_t feature_count = 0;
  SecondLook second_look = SecondLook::kNo;
  std::vector<FeatureBlock> blocks;  // of the full row; with a network of its own, of that network's
  std::optional<Backbone> network;   // where layers were changed
  std::optional<std::vector<ChangedTensor>> cut;  // the convolution at the end of a cut
  std::vector<float> row;                         // [the network's feature_count]
  std::vector<float> mirrored_row;                // the same, where the head looks twice
  std::vector<float> mirrored;                    // [feature_count]

  Status prepare_network(const Head& head, const Backbone& backbone,
                         std::span<const std::uint8_t> backbone_file, const ComputePool& pool);
  Status prepare_cut(const Head& head, const MapInfo& map);
  Status look(Backbone& backbone, const FrameView& frame, const PrepareOptions& options,
              std::span<float> full_row, std::span<float> features_out);
  Status place(const Backbone& backbone, std::vector<PlacedFeatures>& places_out) const;
  Status place_cut(std::vector<PlacedFeatures>& places_out) const;
};

Status HeadReader::State::prepare_cut(const Head& head, const MapInfo& map) {
  cut = head.tensors;
  // One place is enough to see whether the shapes go together.
  const std::vector<float> place(map.channel_count);
  std::vector<float> features(head.feature_count);
  if (const Status fits = cut_features(*cut, place, features); !fits) return misfit(fits.error());
  return {};
}

Status HeadReader::State::prepare_network(const Head& head, const Backbone& backbone,
                                          std::span<const std::uint8_t> backbone_file,
                                          const ComputePool& pool) {
  BackboneOptions options;
  options.input_size_px = backbone.input_size_px();
  options.precision = backbone.precision();
  if (is_cut(head)) {
    options.maps = {head.border};
    options.end_map = head.border;
    Result<Backbone> loaded = Backbone::load(backbone_file, options, pool);
    if (!loaded) return loaded.error();
    network.emplace(std::move(loaded).value());
    return prepare_cut(head, network->maps().front());
  }
  Result<Network> whole = read_network(backbone_file);
  if (!whole) return whole.error();
  Result<Network> changed = with_tensors(std::move(whole).value(), head.tensors);
  if (!changed) return misfit(changed.error());
  options.maps =
      maps_of_features(head.features);  // small beside the pass, and no network is loaded for them again
  Result<Backbone> loaded = Backbone::from_network(std::move(changed).value(), options, pool);
  if (!loaded) return loaded.error();
  network.emplace(std::move(loaded).value());
  return {};
}

Result<HeadReader> HeadReader::create(const Head& head, const Backbone& backbone,
                                      std::span<const std::uint8_t> backbone_file, const ComputePool& pool) {
  auto state = std::make_unique<State>();
  state->feature_count = head.feature_count;
  state->second_look = head.second_look;
  state->mirrored.resize(head.feature_count);
  if (!head.tensors.empty()) {
    const Status prepared = state->prepare_network(head, backbone, backbone_file, pool);
    if (!prepared) return prepared.error();
  }
  const Backbone& source = state->network ? *state->network : backbone;
  if (!state->cut) {
    Result<std::vector<FeatureBlock>> blocks = select_features(source.feature_blocks(), head.features);
    if (!blocks) return misfit(blocks.error());
    if (const std::size_t count = feature_count_of(blocks.value()); count != head.feature_count) {
      return bad_file("this head expects " + std::to_string(head.feature_count) +
                      " features, the maps that it names have " + std::to_string(count));
    }
    state->blocks = std::move(blocks).value();
    state->row.resize(source.feature_count());
    if (head.second_look != SecondLook::kNo) state->mirrored_row.resize(source.feature_count());
  }
  return HeadReader(std::move(state));
}

Status HeadReader::State::look(Backbone& backbone, const FrameView& frame, const PrepareOptions& options,
                               std::span<float> full_row, std::span<float> features_out) {
  Backbone& source = network ? *network : backbone;
  if (cut) {
    if (const Status prepared = source.prepare(frame, options, 0); !prepared) return prepared;
    if (const Status ran = source.run(1); !ran) return ran;
    return cut_features(*cut, source.map(0, 0), features_out);
  }
  if (const Status embedded = source.embed_features(frame, options, full_row); !embedded) return embedded;
  gather_features(full_row, blocks, features_out);
  return {};
}

// The maps of the picture that was looked at last.
Status HeadReader::State::place(const Backbone& backbone, std::vector<PlacedFeatures>& places_out) const {
  if (cut) return place_cut(places_out);
  const Backbone& source = network ? *network : backbone;
  const std::span<const MapInfo> maps = source.maps();
  places_out.resize(blocks.size());
  for (std::size_t i = 0; i < blocks.size(); ++i) {
    const auto info = std::ranges::find(maps, map_of_feature(blocks[i].map), &MapInfo::name);
    if (info == maps.end())
      return internal_error("the backbone does not give the map \"" + blocks[i].map + "\"");
    const std::span<const float> map = source.map(0, static_cast<std::size_t>(info - maps.begin()));
    places_out[i] = {info->height, info->width, info->channel_count, {map.begin(), map.end()}};
    if (is_deviation(blocks[i].map)) share_deviation(places_out[i]);
  }
  return {};
}

Status HeadReader::State::place_cut(std::vector<PlacedFeatures>& places_out) const {
  const MapInfo& info = network->maps().front();
  const std::span<const float> map = network->map(0, 0);
  places_out.resize(1);
  PlacedFeatures& places = places_out.front();
  places = {info.height, info.width, feature_count, {}};
  places.values.resize(info.height * info.width * feature_count);
  for (std::size_t i = 0; i < info.height * info.width; ++i) {
    const Status placed = cut_features(*cut, map.subspan(i * info.channel_count, info.channel_count),
                                       std::span(places.values).subspan(i * feature_count, feature_count));
    if (!placed) return placed;
  }
  return {};
}

Status HeadReader::read_places(Backbone& mapped, const FrameView& frame, const PrepareOptions& options,
                               std::span<float> features_out, std::vector<PlacedFeatures>& places_out) {
  State& state = *state_;
  if (features_out.size() != state.feature_count)
    return bad_argument("the head reads " + std::to_string(state.feature_count) +
                        " features, room was given for " + std::to_string(features_out.size()));
  const Status first = state.look(mapped, frame, options, state.row, features_out);
  if (!first) return first;
  if (const Status placed = state.place(mapped, places_out); !placed) return placed;
  if (state.second_look == SecondLook::kNo) return {};
  const Status second = state.look(mapped, frame, mirrored_way(options), state.mirrored_row, state.mirrored);
  if (!second) return second;
  std::vector<PlacedFeatures> mirrored;
  if (const Status placed = state.place(mapped, mirrored); !placed) return placed;
  for (std::size_t i = 0; i < features_out.size(); ++i)
    features_out[i] = 0.5F * (features_out[i] + state.mirrored[i]);
  for (std::size_t i = 0; i < mirrored.size(); ++i) add_turned_back(mirrored[i], places_out[i]);
  return {};
}

Status HeadReader::read(Backbone& backbone, const FrameView& frame, const PrepareOptions& options,
                        std::span<float> features_out) {
  if (features_out.size() != state_->feature_count) {
    return bad_argument("the head reads " + std::to_string(state_->feature_count) +
                        " features, room was given for " + std::to_string(features_out.size()));
  }
  const Status first = state_->look(backbone, frame, options, state_->row, features_out);
  if (!first) return first;
  if (state_->second_look == SecondLook::kNo) return {};
  const Status second =
      state_->look(backbone, frame, mirrored_way(options), state_->mirrored_row, state_->mirrored);
  if (!second) return second;
  for (std::size_t i = 0; i < features_out.size(); ++i)
    features_out[i] = 0.5F * (features_out[i] + state_->mirrored[i]);
  return {};
}

std::span<const float> HeadReader::row() const {
  return state_->network ? std::span<const float>() : std::span<const float>(state_->row);
}
std::span<const FeatureBlock> HeadReader::blocks() const {
  return state_->blocks;
}
std::size_t HeadReader::feature_count() const {
  return state_->feature_count;
}
bool HeadReader::has_own_network() const {
  return state_->network.has_value();
}
const Network* HeadReader::own_network() const {
  return state_->network && !state_->cut ? &state_->network->network() : nullptr;
}
std::size_t HeadReader::memory_bytes() const {
  std::size_t bytes =
      (state_->row.size() + state_->mirrored_row.size() + state_->mirrored.size()) * sizeof(float);
  if (state_->network) bytes += state_->network->memory_bytes();
  return bytes;
}

HeadReader::HeadReader(std::unique_ptr<State> state) : state_(std::move(state)) {}
HeadReader::HeadReader(HeadReader&&) noexcept = default;
HeadReader& HeadReader::operator=(HeadReader&&) noexcept = default;
HeadReader::~HeadReader() = default;

}  // namespace headstart
