#include "headstart/session.h"

#include <algorithm>
#include <cmath>
#include <utility>

#include "headstart/views.h"
#include "session/state.h"

namespace headstart {

Session::Session(std::unique_ptr<State> state) : state_(std::move(state)) {}
Session::Session(Session&&) noexcept = default;
Session& Session::operator=(Session&&) noexcept = default;
Session::~Session() = default;

Result<Session> Session::open(std::span<const std::uint8_t> backbone_file, std::int32_t input_size_px,
                              const ComputePool& pool, Precision precision) {
  BackboneOptions options;
  options.input_size_px = input_size_px;
  options.precision = precision;
  Result<Backbone> backbone = Backbone::load(backbone_file, options, pool);
  if (!backbone) return backbone.error();
  Result<PaddedBuffer<float>> row = PaddedBuffer<float>::create(backbone.value().feature_count());
  if (!row) return row.error();
  const std::span<const FeatureBlock> blocks = backbone.value().feature_blocks();
  SampleStore store(std::vector<FeatureBlock>(blocks.begin(), blocks.end()));
  Session session(std::unique_ptr<State>(
      new State{pool, std::move(backbone).value(), std::move(store), std::move(row).value()}));
  if (const Status works = session.state_->try_backbone(); !works) return works.error();
  return session;
}

// Weights that are finite can still overflow on the way: seen on black and on grey, before anybody relies on
// it.
Status Session::State::try_backbone() {
  for (const std::uint8_t light : {std::uint8_t{0}, std::uint8_t{128}}) {
    const std::vector<std::uint8_t> rgba(std::size_t{32} * 32 * 4, light);
    if (const Status ran = embed_row({rgba, 32, 32, 0}, {}); !ran) return ran;
    if (!std::ranges::all_of(row.span(), [](float value) { return std::isfinite(value); }))
      return bad_file("the weights of this backbone give numbers that are not finite");
  }
  return {};
}

const Backbone& Session::backbone() const {
  return state_->backbone;
}

SampleStore& Session::samples() {
  return state_->store;
}

const SampleStore& Session::samples() const {
  return state_->store;
}

Status Session::State::embed_row(const FrameView& frame, const PrepareOptions& options) {
  return backbone.embed_features(frame, options, row.span());
}

Result<std::span<const float>> Session::embed_row(const FrameView& frame, const PrepareOptions& options) {
  if (const Status status = state_->embed_row(frame, options); !status) return status.error();
  return std::span<const float>(state_->row.span());
}

Result<std::vector<float>> Session::embed_maps(const FrameView& frame, const PrepareOptions& options,
                                               const FeatureSet& maps) {
  const Result<std::vector<FeatureBlock>> blocks = select_features(state_->backbone.feature_blocks(), maps);
  if (!blocks) return blocks.error();
  if (const Status status = state_->embed_row(frame, options); !status) return status.error();
  std::vector<float> joined(feature_count_of(blocks.value()));
  gather_features(state_->row.span(), blocks.value(), joined);
  return joined;
}

Result<std::vector<float>> Session::embed(const FrameView& frame, const PrepareOptions& options) {
  if (!state_->trained_head) return embed_maps(frame, options, {"last"});
  HeadReader& reader = *state_->trained_head->reader;
  std::vector<float> features(reader.feature_count());
  if (const Status read = reader.read(state_->backbone, frame, options, features); !read) return read.error();
  return features;
}

Result<std::span<const std::uint8_t>> Session::make_picture(const FrameView& frame,
                                                            const PrepareOptions& options,
                                                            std::int32_t size_px) {
  State& state = *state_;
  if (!state.picture_preparer || state.picture_preparer->size_px() != size_px) {
    Result<ImagePreparer> preparer = ImagePreparer::create(size_px, &state.pool);
    if (!preparer) return preparer.error();
    const auto side = static_cast<std::size_t>(size_px);
    Result<PaddedBuffer<std::uint8_t>> buffer = PaddedBuffer<std::uint8_t>::create(side * side * 4);
    if (!buffer) return buffer.error();
    state.picture_preparer.emplace(std::move(preparer).value());
    state.picture = std::move(buffer).value();
  }
  const Status resized = state.picture_preparer->resize(frame, options, state.picture.span());
  if (!resized) return resized.error();
  return std::span<const std::uint8_t>(state.picture.span());
}

Result<SampleId> Session::add_sample(ClassId class_id, const FrameView& frame,
                                     const PrepareOptions& options) {
  if (const Status status = state_->embed_row(frame, options); !status) return status.error();
  return state_->store.add_sample(class_id, state_->row.span());
}

Status Session::add_sample(SampleId id, ClassId class_id, const FrameView& frame,
                           const PrepareOptions& options) {
  if (const Status status = state_->embed_row(frame, options); !status) return status;
  return state_->store.add_sample(id, class_id, state_->row.span());
}

Status Session::copy_sample(SampleId from, SampleId to, ClassId class_id) {
  SampleStore& store = state_->store;
  const Result<std::span<const float>> row = store.sample(from);
  if (!row) return row.error();
  // The row moves when the store grows.
  const std::vector<float> copied(row.value().begin(), row.value().end());
  if (const Status added = store.add_sample(to, class_id, copied); !added) return added;
  const Result<std::span<const float>> views = store.views_of(from);
  if (!views || views.value().empty()) return {};
  return store.set_views(to, views.value());
}

Result<std::span<const float>> Session::sample_embedding(SampleId id) const {
  const Result<std::span<const float>> row = state_->store.sample(id);
  if (!row) return row;
  return row.value().last(state_->backbone.info().embedding_dim);
}

Status Session::State::make_view_picture(const FrameView& source, std::optional<std::uint32_t> view_index) {
  const auto side = static_cast<std::size_t>(std::max(source.width_px, 0));
  if (side > static_cast<std::size_t>(kMostPreparedSidePx))
    return bad_argument("a kept picture is a square of at most 1024 px");
  view_picture.resize(side * side * 4);
  return view_index ? make_view(source, views()[*view_index], view_picture)
                    : make_border_view(source, view_picture);
}

FrameView Session::State::view_frame(const FrameView& source) const {
  return {view_picture, source.width_px, source.width_px, 0};
}

Status Session::add_view(SampleId id, std::uint32_t view_index, const FrameView& picture) {
  State& state = *state_;
  PendingViews& pending = state.pending_views;
  const std::size_t count = state.store.feature_count();
  if (view_index == 0) pending = {id, 0, std::vector<float>(views().size() * count)};
  if (pending.sample != id || pending.done != view_index || view_index >= views().size())
    return internal_error("views of a sample come in their order");
  if (const Status made = state.make_view_picture(picture, view_index); !made) return made;
  const Status embedded = state.backbone.embed_features(
      state.view_frame(picture), {}, std::span(pending.rows).subspan(view_index * count, count));
  if (!embedded) return embedded;
  if (++pending.done < views().size()) return {};
  const Status kept = state.store.set_views(id, pending.rows);
  pending = {};
  return kept;
}

SessionMemory Session::memory() const {
  const State& state = *state_;
  std::size_t head_bytes = state.tuning ? state.tuning->tuner.memory_bytes() : 0;
  if (state.tuning && state.tuning->frozen) head_bytes += state.tuning->frozen->memory_bytes();
  if (const auto& trained = state.trained_head) {
    head_bytes += trained->reader->memory_bytes();
    for (const ChangedTensor& tensor : trained->tensors) head_bytes += tensor.values.size() * sizeof(float);
    if (trained->judge) head_bytes += trained->judge->memory_bytes();
  }
  std::size_t mapped_bytes = state.mapped ? state.mapped->memory_bytes() : 0;
  if (state.finer) mapped_bytes += state.finer->memory_bytes();
  if (state.own_mapped) mapped_bytes += state.own_mapped->memory_bytes();
  return {.backbone_bytes = state.backbone.memory_bytes() + mapped_bytes,
          .store_bytes = state.store.memory_bytes(),
          .view_bytes = state.store.view_bytes(),
          .head_bytes = head_bytes,
          .sample_count = state.store.sample_count()};
}

}  // namespace headstart
