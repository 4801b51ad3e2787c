// What the network makes of a picture on its way: the person's own layers where training changed them.
#include <algorithm>
#include <string>
#include <utility>

#include "headstart/channels.h"
#include "headstart/network_layers.h"
#include "network/border.h"
#include "network/network.h"
#include "session/state.h"

namespace headstart {
namespace {

// What the convolution at the end of a cut makes, which is no map of the network.
constexpr const char* kCutMap = "cut";
// So many of the pictures that a head is judged by tell its channels apart.
constexpr std::size_t kMostTellingRows = 256;

// One channel of a map between its least and its most.
void append_levels(std::span<const float> map, std::size_t channel, std::size_t channel_count,
                   std::vector<std::uint8_t>& levels) {
  float least = map[channel];
  float most = map[channel];
  for (std::size_t at = channel; at < map.size(); at += channel_count) {
    least = std::min(least, map[at]);
    most = std::max(most, map[at]);
  }
  const float scale = most > least ? 255 / (most - least) : 0;
  for (std::size_t at = channel; at < map.size(); at += channel_count)
    levels.push_back(static_cast<std::uint8_t>((map[at] - least) * scale + 0.5F));
}

// Some of the head's features of the pictures that it is judged by, each up to a factor and a summand, which
// no ratio of variances sees: [row_count, count], and the head's row of each.
struct JudgedRows {
  std::vector<float> features;
  std::vector<std::uint32_t> class_indices;
};

JudgedRows judged_rows(const TrainedHead& trained, std::size_t offset, std::size_t count) {
  JudgedRows rows;
  // Where blocks of the backbone are judged, these are not what the head reads.
  if (!trained.judge || !trained.judged_blocks.empty()) return rows;
  const std::optional<KnownEvidence> evidence = trained.judge->evidence();
  if (!evidence || evidence->feature_count() != trained.head.feature_count) return rows;
  const std::size_t width = evidence->feature_count();
  const std::size_t dimension_count = evidence->basis.size() / width;
  const std::size_t step = (evidence->sample_count() + kMostTellingRows - 1) / kMostTellingRows;
  for (std::size_t at = 0; at < evidence->sample_count(); at += step) {
    if (evidence->class_indices[at] >= trained.class_ids.size()) continue;  // of a class that left the head
    rows.class_indices.push_back(evidence->class_indices[at]);
    rows.features.resize(rows.class_indices.size() * count);
    const std::span<float> row = std::span(rows.features).last(count);
    for (std::size_t d = 0; d < dimension_count; ++d) {
      const float coordinate = evidence->coordinates[at * dimension_count + d];
      const float* direction = evidence->basis.data() + d * width + offset;
      for (std::size_t k = 0; k < count; ++k) row[k] += coordinate * direction[k];
    }
  }
  return rows;
}

// Where the map's features begin among those that the head reads.
std::size_t offset_of(const std::string& map, const FeatureSet& features,
                      std::span<const FeatureBlock> blocks) {
  std::size_t offset = 0;
  for (const std::string& feature : features) {
    if (feature == map) break;
    const auto block = std::ranges::find(blocks, feature, &FeatureBlock::map);
    if (block != blocks.end()) offset += block->count;
  }
  return offset;
}

void add_channels(const std::vector<TellingChannel>& telling, std::span<const ClassId> class_ids,
                  StageMaps& stage) {
  for (const TellingChannel& channel : telling) {
    stage.channels.push_back(channel.channel);
    stage.ratios.push_back(static_cast<float>(channel.ratio));
    if (class_ids.size() > 1) stage.class_ids.push_back(class_ids[channel.class_index]);
  }
}

void add_even_channels(std::size_t available, std::size_t wanted, StageMaps& stage) {
  const std::size_t count = std::min(wanted, available);
  for (std::size_t i = 0; i < count; ++i)
    stage.channels.push_back(static_cast<std::uint32_t>(i * available / count));
  stage.ratios.resize(count);
}

}  // namespace

// What the head brings of its own, where it is what answers.
const HeadReader* Session::State::own_layers() {
  if (!trained_head || !trained_head->reader->has_own_network()) return nullptr;
  if (!refresh_answering_head() || !answering_head->trained) return nullptr;
  return &*trained_head->reader;
}

// The last map of each size, with a head's own layers also what they make; of each the channels that tell the
// classes apart.
void Session::State::choose_stages(std::size_t channel_count, const HeadReader* own) {
  if (!stages.empty() && stages_revision == store.revision() && stages_channel_count == channel_count) return;
  stages.clear();
  stages_revision = store.revision();
  stages_channel_count = channel_count;
  const TrainingSetView samples = store.training_set();
  const std::span<const FeatureBlock> blocks = backbone.feature_blocks();
  const bool is_cut = own != nullptr && own->own_network() == nullptr;
  for (const NetworkLayer& layer : network_layers(backbone.network())) {
    if (std::ranges::find(blocks, layer.name, &FeatureBlock::map) == blocks.end()) continue;
    const bool is_own = own != nullptr && lies_behind(layer.name, trained_head->head.border);
    if (is_cut && is_own) break;  // the network ends at the border
    if (stages.empty() || stages.back().height != layer.side) stages.emplace_back();
    stages.back().map = layer.name;
    stages.back().height = layer.side;
    stages.back().is_own = is_own;
  }
  if (is_cut) {
    stages.emplace_back().map = kCutMap;
    stages.back().is_own = true;
  }
  for (StageMaps& stage : stages) {
    const auto block = std::ranges::find(blocks, stage.map, &FeatureBlock::map);
    const FeatureSet read = trained_head ? trained_head->head.features : FeatureSet{};
    if (stage.is_own && std::ranges::find(read, stage.map) != read.end()) {
      const std::size_t width = stage.map == kCutMap ? trained_head->head.feature_count : block->count;
      const JudgedRows rows = judged_rows(*trained_head, offset_of(stage.map, read, blocks), width);
      add_channels(telling_channels(rows.features, width, rows.class_indices, trained_head->class_ids.size(),
                                    channel_count),
                   trained_head->class_ids, stage);
      if (stage.channels.empty()) add_even_channels(width, channel_count, stage);
      continue;
    }
    // Layers before the last that was changed are chosen by what they found before.
    add_channels(telling_channels(gather_rows(samples, std::span(&*block, 1)), block->count,
                                  samples.class_indices, samples.class_ids.size(), channel_count),
                 samples.class_ids, stage);
    if (stage.channels.empty()) add_even_channels(block->count, channel_count, stage);
  }
}

Result<std::vector<StageMaps>> Session::look_inside(const FrameView& frame, const PrepareOptions& options,
                                                    std::size_t channel_count) {
  State& state = *state_;
  const HeadReader* own = state.own_layers();
  state.choose_stages(channel_count, own);
  const Network* changed = own != nullptr ? own->own_network() : nullptr;
  std::optional<Backbone>& mapped = changed != nullptr ? state.own_mapped : state.mapped;
  FeatureSet wanted;
  for (const StageMaps& stage : state.stages) {
    if (stage.map != kCutMap) wanted.push_back(stage.map);
  }
  const Status prepared = state.prepare_maps(mapped, changed != nullptr ? *changed : state.backbone.network(),
                                             State::kOwnInputSize, std::move(wanted));
  if (!prepared) return prepared.error();
  Backbone& source = *mapped;
  if (const Status framed = source.prepare(frame, options, 0); !framed) return framed.error();
  if (const Status ran = source.run(1); !ran) return ran.error();
  std::vector<StageMaps> stages = state.stages;
  for (StageMaps& stage : stages) {
    PlacedFeatures shape;
    std::span<const float> map;
    if (stage.map == kCutMap) {
      std::vector<PlacedFeatures> places;
      std::vector<float> features(own->feature_count());
      HeadReader& reader = *state.trained_head->reader;
      if (const Status read = reader.read_places(source, frame, options, features, places); !read)
        return read.error();
      shape = std::move(places.front());
      map = shape.values;
    } else {
      const auto info = std::ranges::find(source.maps(), stage.map, &MapInfo::name);
      shape = {info->height, info->width, info->channel_count, {}};
      map = source.map(0, static_cast<std::size_t>(info - source.maps().begin()));
    }
    stage.width = shape.width;
    stage.height = shape.height;
    for (const std::uint32_t channel : stage.channels)
      append_levels(map, channel, shape.channel_count, stage.values);
  }
  return stages;
}

}  // namespace headstart
