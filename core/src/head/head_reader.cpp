#include "headstart/head_reader.h"

#include <algorithm>
#include <optional>
#include <utility>
#include <vector>

#include "headstart/features.h"
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
      return Error{ErrorCode::kBadFile, "this head expects " + std::to_string(head.feature_count) +
                                            " features, the maps that it names have " +
                                            std::to_string(count)};
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

Status HeadReader::read(Backbone& backbone, const FrameView& frame, const PrepareOptions& options,
                        std::span<float> features_out) {
  if (features_out.size() != state_->feature_count) {
    return Error{ErrorCode::kBadArgument, "the head reads " + std::to_string(state_->feature_count) +
                                              " features, room was given for " +
                                              std::to_string(features_out.size())};
  }
  const Status first = state_->look(backbone, frame, options, state_->row, features_out);
  if (!first) return first;
  if (state_->second_look == SecondLook::kNo) return {};
  PrepareOptions mirrored = options;
  mirrored.mirror = options.mirror == Mirror::kYes ? Mirror::kNo : Mirror::kYes;
  const Status second = state_->look(backbone, frame, mirrored, state_->mirrored_row, state_->mirrored);
  if (!second) return second;
  for (std::size_t i = 0; i < features_out.size(); ++i)
    features_out[i] = 0.5F * (features_out[i] + state_->mirrored[i]);
  return {};
}

std::span<const float> HeadReader::row() const {
  return state_->network ? std::span<const float>() : std::span<const float>(state_->row);
}
std::size_t HeadReader::feature_count() const {
  return state_->feature_count;
}
bool HeadReader::has_own_network() const {
  return state_->network.has_value();
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
