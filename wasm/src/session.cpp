#include "session.h"

#include <emscripten/heap.h>

#include <utility>

namespace headstart::wasm {

using emscripten::val;

namespace {

Error no_backbone() {
  return {ErrorCode::kInternal, "a backbone must be loaded before this call"};
}

PrepareOptions prepare_options(const FrameDescription& frame) {
  PrepareOptions options;
  options.mirror = frame.mirror ? Mirror::kYes : Mirror::kNo;
  if (frame.crop_width_px != 0 || frame.crop_height_px != 0) {
    options.crop =
        CropRectangle{frame.crop_left_px, frame.crop_top_px, frame.crop_width_px, frame.crop_height_px};
  }
  return options;
}

}  // namespace

DoneOutcome Session::start(std::uint32_t thread_count) {
  Result<ComputePool> pool = ComputePool::create(thread_count);
  if (!pool) return failure<DoneOutcome>(pool.error());
  pool_.emplace(std::move(pool).value());
  return done_outcome({});
}

BytesOutcome Session::inputView(std::uint32_t byte_count) {
  if (input_.size() < byte_count) {
    input_ = {};  // first, so that the old and the new are never there together
    Result<PaddedBuffer<std::uint8_t>> buffer = PaddedBuffer<std::uint8_t>::create(byte_count);
    if (!buffer) return failure<BytesOutcome>(buffer.error());
    input_ = std::move(buffer).value();
  }
  return outcome<BytesOutcome>(val(emscripten::typed_memory_view(std::size_t{byte_count}, input_.data())));
}

BackboneOutcome Session::loadBackbone(std::uint32_t byte_count, std::int32_t input_size_px,
                                      std::uint32_t max_batch_size, const NameList& maps) {
  loaded_backbone_.reset();
  if (!pool_) return failure<BackboneOutcome>({ErrorCode::kInternal, "start must be called first"});
  if (byte_count > input_.size())
    return failure<BackboneOutcome>({ErrorCode::kInternal, "the input is shorter than said"});
  BackboneOptions options;
  options.input_size_px = input_size_px;
  options.max_batch_size = max_batch_size;
  options.maps = emscripten::vecFromJSArray<std::string>(maps);
  Result<Backbone> backbone = Backbone::load(input_.span().first(byte_count), options, *pool_);
  input_ = {};  // a backbone file is far larger than any frame
  if (!backbone) return failure<BackboneOutcome>(backbone.error());
  loaded_backbone_.emplace(std::move(backbone).value());
  return outcome<BackboneOutcome>(backbone_value(loaded_backbone_->info(), loaded_backbone_->input_size_px(),
                                                 loaded_backbone_->memory_bytes()));
}

DoneOutcome Session::commitBackbone() {
  if (!loaded_backbone_) return failure<DoneOutcome>(no_backbone());
  trained_head_.reset();
  read_head_.reset();
  answering_head_.reset();
  run_.reset();
  backbone_.emplace(std::move(*loaded_backbone_));
  loaded_backbone_.reset();
  embedding_ = {};
  store_.emplace(backbone_->info().embedding_dim);
  return done_outcome({});
}

void Session::dropLoadedBackbone() {
  loaded_backbone_.reset();
}

Result<FrameView> Session::frame_in_input(const FrameDescription& frame) const {
  FrameView view;
  view.rgba = input_.span();
  view.width_px = frame.width_px;
  view.height_px = frame.height_px;
  view.stride_bytes = frame.stride_bytes;
  return view;
}

Result<std::span<const float>> Session::floats_in_input(std::uint32_t feature_count) const {
  if (input_.size() / sizeof(float) < feature_count)
    return Error{ErrorCode::kInternal, "the input is shorter than said"};
  return std::span<const float>(reinterpret_cast<const float*>(input_.data()), feature_count);
}

Status Session::embed_into_scratch(std::optional<Backbone>& backbone, const FrameDescription& frame) {
  if (!backbone) return no_backbone();
  const std::size_t embedding_dim = backbone->info().embedding_dim;
  if (embedding_.size() != embedding_dim) {
    Result<PaddedBuffer<float>> buffer = PaddedBuffer<float>::create(embedding_dim);
    if (!buffer) return buffer.error();
    embedding_ = std::move(buffer).value();
  }
  const Result<FrameView> view = frame_in_input(frame);
  if (!view) return view.error();
  return backbone->embed(view.value(), prepare_options(frame), embedding_.span());
}

VectorOutcome Session::embed(const FrameDescription& frame) {
  const Status status = embed_into_scratch(backbone_, frame);
  if (!status) return failure<VectorOutcome>(status.error());
  return outcome<VectorOutcome>(copied_array<float>(embedding_.span()));
}

VectorOutcome Session::embedWithLoaded(const FrameDescription& frame) {
  const Status status = embed_into_scratch(loaded_backbone_, frame);
  if (!status) return failure<VectorOutcome>(status.error());
  return outcome<VectorOutcome>(copied_array<float>(embedding_.span()));
}

BytesOutcome Session::makePicture(const FrameDescription& frame, std::int32_t size_px) {
  if (!picture_preparer_ || picture_preparer_->size_px() != size_px) {
    Result<ImagePreparer> preparer = ImagePreparer::create(size_px);
    if (!preparer) return failure<BytesOutcome>(preparer.error());
    const auto byte_count = static_cast<std::size_t>(size_px) * static_cast<std::size_t>(size_px) * 4;
    Result<PaddedBuffer<std::uint8_t>> buffer = PaddedBuffer<std::uint8_t>::create(byte_count);
    if (!buffer) return failure<BytesOutcome>(buffer.error());
    picture_preparer_.emplace(std::move(preparer).value());
    picture_ = std::move(buffer).value();
  }
  const Result<FrameView> view = frame_in_input(frame);
  if (!view) return failure<BytesOutcome>(view.error());
  const Status status = picture_preparer_->resize(view.value(), prepare_options(frame), picture_.span());
  if (!status) return failure<BytesOutcome>(status.error());
  return outcome<BytesOutcome>(copied_array<std::uint8_t>(picture_.span()));
}

MemoryReport Session::memory() const {
  val value = val::object();
  value.set("wasmBytes", static_cast<double>(emscripten_get_heap_size()));
  value.set("backboneBytes", static_cast<double>(backbone_ ? backbone_->memory_bytes() : 0));
  value.set("storeBytes", static_cast<double>(store_ ? store_->memory_bytes() : 0));
  value.set("inputBytes", static_cast<double>(input_.size_bytes()));
  value.set("sampleCount", static_cast<double>(store_ ? store_->sample_count() : 0));
  return MemoryReport(std::move(value));
}

}  // namespace headstart::wasm
