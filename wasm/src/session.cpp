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
  if (!pool_ || backbone_)
    return failure<BackboneOutcome>({ErrorCode::kInternal, "a session loads one backbone, once"});
  if (byte_count > input_.size())
    return failure<BackboneOutcome>({ErrorCode::kInternal, "the input is shorter than said"});
  BackboneOptions options;
  options.input_size_px = input_size_px;
  options.max_batch_size = max_batch_size;
  options.maps = emscripten::vecFromJSArray<std::string>(maps);
  Result<Backbone> backbone = Backbone::load(input_.span().first(byte_count), options, *pool_);
  input_ = {};  // a backbone file is far larger than any frame
  if (!backbone) return failure<BackboneOutcome>(backbone.error());
  Result<PaddedBuffer<float>> embedding = PaddedBuffer<float>::create(backbone.value().info().embedding_dim);
  if (!embedding) return failure<BackboneOutcome>(embedding.error());
  embedding_ = std::move(embedding).value();
  backbone_.emplace(std::move(backbone).value());
  store_.emplace(backbone_->info().embedding_dim);
  return outcome<BackboneOutcome>(
      backbone_value(backbone_->info(), backbone_->input_size_px(), backbone_->memory_bytes()));
}

FrameView Session::frame_in_input(const FrameDescription& frame) const {
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

Status Session::embed_into_scratch(const FrameDescription& frame) {
  if (!backbone_) return no_backbone();
  return backbone_->embed(frame_in_input(frame), prepare_options(frame), embedding_.span());
}

VectorOutcome Session::embed(const FrameDescription& frame) {
  const Status status = embed_into_scratch(frame);
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
  const Status status =
      picture_preparer_->resize(frame_in_input(frame), prepare_options(frame), picture_.span());
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
