// What a session's answer looks at, and which of the person's own pictures are like the one that is shown.
#include <algorithm>
#include <string>
#include <utility>

#include "headstart/picture_map.h"
#include "network/network.h"
#include "session/state.h"

namespace headstart {
namespace {

constexpr std::int32_t kFinestInputPx = 192;

FeatureSet maps_of(const HeadReader& reader) {
  FeatureSet maps;
  for (const FeatureBlock& block : reader.blocks()) maps.push_back(block.map);
  return maps_of_features(maps);
}

}  // namespace

// A network at some input size, which gives maps themselves: made when somebody first wants to see them.
// Those that were wanted before it gives as well.
Status Session::State::prepare_maps(std::optional<Backbone>& source, const Network& network,
                                    std::int32_t input_size_px, FeatureSet wanted) const {
  const std::span<const MapInfo> there = source ? source->maps() : std::span<const MapInfo>();
  bool is_ready = source.has_value();
  for (const std::string& name : wanted) {
    if (std::ranges::find(there, name, &MapInfo::name) == there.end()) is_ready = false;
  }
  if (is_ready) return {};
  for (const MapInfo& info : there) {
    if (std::ranges::find(wanted, info.name) == wanted.end()) wanted.push_back(info.name);
  }
  source.reset();
  BackboneOptions options;
  options.input_size_px = input_size_px;
  options.precision = backbone.precision();
  options.maps = std::move(wanted);
  Result<Backbone> made = Backbone::from_network(network, options, pool);
  if (!made) return made.error();
  source.emplace(std::move(made).value());
  return {};
}

// Reads the places of a larger picture, where this network and this head can.
Status Session::State::read_finer(const FrameView& frame, const PrepareOptions& options, bool& is_finer) {
  is_finer = false;
  HeadReader& reader = answering_reader();
  const std::int32_t own_px = backbone.input_size_px();
  const std::int32_t size_px = std::min(2 * own_px, kFinestInputPx);
  if (reader.has_own_network() || 4 * size_px < 5 * own_px) return {};
  // Some networks fit one size only.
  if (!prepare_maps(finer, backbone.network(), size_px, maps_of(reader))) return {};
  is_finer = true;
  return reader.read_places(*finer, frame, options, placed, places);
}

Status Session::embed_for_attention(const FrameView& frame, const PrepareOptions& options,
                                    AttentionGrid grid) {
  State& state = *state_;
  if (const Status status = state.refresh_answering_head(); !status) return status;
  HeadReader& reader = state.answering_reader();
  state.features.resize(reader.feature_count());
  state.placed.resize(reader.feature_count());
  bool is_finer = false;
  if (grid == AttentionGrid::kFiner) {
    if (const Status read = state.read_finer(frame, options, is_finer); !read) return read;
  }
  if (is_finer) {
    // Last, so that what is known of it is of the picture that is answered.
    const Status read = reader.read(state.backbone, frame, options, state.features);
    if (!read) return read;
  } else {
    if (!reader.has_own_network()) {
      const Status prepared =
          state.prepare_maps(state.mapped, state.backbone.network(), State::kOwnInputSize, maps_of(reader));
      if (!prepared) return prepared;
    }
    Backbone& source = reader.has_own_network() ? state.backbone : *state.mapped;
    const Status read = reader.read_places(source, frame, options, state.features, state.places);
    if (!read) return read;
    state.placed = state.features;
  }
  if (reader.has_own_network()) return state.embed_row(frame, options);
  std::ranges::copy(reader.row(), state.row.span().begin());
  return {};
}

Result<Attention> Session::attention(ClassId class_id) {
  State& state = *state_;
  if (const Status status = state.refresh_answering_head(); !status) return status.error();
  const std::vector<ClassId>& ids = state.answering_head->class_ids;
  const auto found = std::ranges::find(ids, class_id);
  if (found == ids.end())
    return bad_argument("class " + std::to_string(static_cast<std::uint32_t>(class_id)) +
                        " is not one of the answers");
  if (state.places.empty()) return internal_error("a picture is looked at with embed_for_attention first");
  Result<AttentionMap> map = attention_map(state.answering_head->head, state.placed, state.places,
                                           static_cast<std::size_t>(found - ids.begin()));
  if (!map) return map.error();
  return Attention{std::move(map).value(), class_id};
}

std::vector<SimilarSample> Session::similar_samples(std::size_t count) {
  State& state = *state_;
  const std::span<const float> embedding =
      std::as_const(state.row).span().last(state.backbone.info().embedding_dim);
  return state.similar.nearest(state.store, embedding, count);
}

Result<SampleMap> Session::picture_map() {
  State& state = *state_;
  const TrainingSetView samples = state.store.training_set();
  const std::span<const FeatureBlock> all = state.backbone.feature_blocks();
  const Result<std::vector<FeatureBlock>> blocks = select_features(all, joined_maps(all));
  if (!blocks) return blocks.error();
  std::vector<std::size_t> sizes;
  for (const FeatureBlock& block : blocks.value()) sizes.push_back(block.count);
  const std::vector<float> rows = gather_rows(samples, blocks.value());
  Result<PictureMap> drawn = headstart::picture_map({.features = rows,
                                                     .map_sizes = sizes,
                                                     .class_indices = samples.class_indices,
                                                     .class_count = samples.class_ids.size()},
                                                    state.pool);
  if (!drawn) return drawn.error();
  SampleMap map{.axes = drawn.value().axes,
                .sample_ids = {samples.sample_ids.begin(), samples.sample_ids.end()},
                .class_ids = {},
                .positions = std::move(drawn.value().positions),
                .twin_ids = {}};
  for (std::size_t row = 0; row < map.sample_ids.size(); ++row) {
    map.class_ids.push_back(samples.class_ids[samples.class_indices[row]]);
    map.twin_ids.push_back(map.sample_ids[drawn.value().twins[row]]);
  }
  return map;
}

}  // namespace headstart
