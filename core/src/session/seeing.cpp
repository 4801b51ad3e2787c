// What a session's answer looks at, and which of the person's own pictures are like the one that is shown.
#include <algorithm>
#include <string>
#include <utility>

#include "headstart/picture_map.h"
#include "network/network.h"
#include "session/state.h"

namespace headstart {

// The same backbone, which gives the maps themselves where they are read: made when somebody first wants to
// see them.
Status Session::State::prepare_mapped(const HeadReader& reader) {
  if (reader.has_own_network()) return {};
  FeatureSet wanted;
  for (const FeatureBlock& block : reader.blocks()) wanted.push_back(block.map);
  const auto is_there = [&](const std::string& name) {
    return std::ranges::find(mapped->maps(), name, &MapInfo::name) != mapped->maps().end();
  };
  if (mapped && std::ranges::all_of(wanted, is_there)) return {};
  mapped.reset();
  BackboneOptions options;
  options.input_size_px = backbone.input_size_px();
  options.maps = std::move(wanted);
  Result<Backbone> made = Backbone::from_network(backbone.network(), options, pool);
  if (!made) return made.error();
  mapped.emplace(std::move(made).value());
  return {};
}

Status Session::embed_for_attention(const FrameView& frame, const PrepareOptions& options) {
  State& state = *state_;
  if (const Status status = state.refresh_answering_head(); !status) return status;
  HeadReader& reader = state.answering_reader();
  if (const Status prepared = state.prepare_mapped(reader); !prepared) return prepared;
  state.features.resize(reader.feature_count());
  Backbone& source = reader.has_own_network() ? state.backbone : *state.mapped;
  const Status read = reader.read_places(source, frame, options, state.features, state.places);
  if (!read) return read;
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
  Result<AttentionMap> map = attention_map(state.answering_head->head, state.features, state.places,
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
