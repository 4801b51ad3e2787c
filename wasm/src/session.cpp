#include "session.h"

#include <emscripten/heap.h>

#include <utility>

namespace headstart::wasm {

using emscripten::val;

namespace {

Error no_backbone() {
  return {ErrorCode::kInternal, "a backbone must be loaded before this call"};
}

}  // namespace

DoneOutcome Session::start(std::uint32_t thread_count) {
  Result<ComputePool> pool = ComputePool::create(thread_count);
  if (!pool) return failure<DoneOutcome>(pool.error());
  pool_.emplace(std::move(pool).value());
  return done_outcome({});
}

BytesOutcome Session::inputView(std::uint32_t byte_count) {
  const Result<std::span<std::uint8_t>> bytes = input_.resize(byte_count);
  if (!bytes) return failure<BytesOutcome>(bytes.error());
  return outcome<BytesOutcome>(val(emscripten::typed_memory_view(byte_count, bytes.value().data())));
}

BackboneOutcome Session::loadBackbone(std::uint32_t byte_count, std::int32_t input_size_px) {
  if (!pool_ || backbone_)
    return failure<BackboneOutcome>({ErrorCode::kInternal, "a session loads one backbone, once"});
  const Result<std::span<const std::uint8_t>> file = input_.bytes(byte_count);
  if (!file) return failure<BackboneOutcome>(file.error());
  BackboneOptions options;
  options.input_size_px = input_size_px;
  Result<Backbone> backbone = Backbone::load(file.value(), options, *pool_);
  input_.clear();  // a backbone file is far larger than any frame
  if (!backbone) return failure<BackboneOutcome>(backbone.error());
  Result<PaddedBuffer<float>> row = PaddedBuffer<float>::create(backbone.value().feature_count());
  if (!row) return failure<BackboneOutcome>(row.error());
  row_ = std::move(row).value();
  backbone_.emplace(std::move(backbone).value());
  const std::span<const FeatureBlock> blocks = backbone_->feature_blocks();
  store_.emplace(std::vector<FeatureBlock>(blocks.begin(), blocks.end()));
  return outcome<BackboneOutcome>(backbone_value(*backbone_));
}

FrameView Session::frame_in_input(const FrameDescription& frame) const {
  FrameView view;
  view.rgba = input_.bytes();
  view.width_px = frame.width_px;
  view.height_px = frame.height_px;
  view.stride_bytes = frame.stride_bytes;
  return view;
}

Status Session::embed_row(const FrameDescription& frame) {
  if (!backbone_) return no_backbone();
  return backbone_->embed_features(frame_in_input(frame), prepare_options(frame), row_.span());
}

VectorOutcome Session::embedRow(const FrameDescription& frame) {
  const Status status = embed_row(frame);
  if (!status) return failure<VectorOutcome>(status.error());
  return outcome<VectorOutcome>(copied_array<float>(row_.span()));
}

VectorOutcome Session::embedMaps(const FrameDescription& frame, const NameList& maps) {
  if (!backbone_) return failure<VectorOutcome>(no_backbone());
  const Result<std::vector<FeatureBlock>> blocks =
      select_features(backbone_->feature_blocks(), emscripten::vecFromJSArray<std::string>(maps));
  if (!blocks) return failure<VectorOutcome>(blocks.error());
  if (const Status status = embed_row(frame); !status) return failure<VectorOutcome>(status.error());
  std::vector<float> joined(feature_count_of(blocks.value()));
  gather_features(row_.span(), blocks.value(), joined);
  return outcome<VectorOutcome>(copied_array<float>(joined));
}

VectorOutcome Session::embed(const FrameDescription& frame) {
  if (!trained_head_) return embedMaps(frame, NameList(val::array(std::vector<std::string>{"last"})));
  std::vector<float> features(trained_head_->reader->feature_count());
  const Status status =
      trained_head_->reader->read(*backbone_, frame_in_input(frame), prepare_options(frame), features);
  if (!status) return failure<VectorOutcome>(status.error());
  return outcome<VectorOutcome>(copied_array<float>(features));
}

BytesOutcome Session::makePicture(const FrameDescription& frame, std::int32_t size_px) {
  if (!picture_preparer_ || picture_preparer_->size_px() != size_px) {
    Result<ImagePreparer> preparer = ImagePreparer::create(size_px, &*pool_);
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
  std::size_t tuned_bytes = tuning_ ? tuning_->tuner.memory_bytes() : 0;
  if (tuning_ && tuning_->frozen) tuned_bytes += tuning_->frozen->memory_bytes();
  if (trained_head_) {
    tuned_bytes += trained_head_->reader->memory_bytes();
    for (const ChangedTensor& tensor : trained_head_->tensors)
      tuned_bytes += tensor.values.size() * sizeof(float);
    if (trained_head_->judge) tuned_bytes += trained_head_->judge->memory_bytes();
  }
  const std::size_t sample_count = store_ ? store_->sample_count() : 0;
  val value = val::object();
  value.set("wasmBytes", static_cast<double>(emscripten_get_heap_size()));
  value.set("backboneBytes", static_cast<double>(backbone_ ? backbone_->memory_bytes() : 0));
  value.set("storeBytes", static_cast<double>(store_ ? store_->memory_bytes() : 0));
  value.set("viewBytes", static_cast<double>(store_ ? store_->view_bytes() : 0));
  value.set("headBytes", static_cast<double>(tuned_bytes));
  value.set("inputBytes", static_cast<double>(input_.memory_bytes()));
  value.set("sampleCount", static_cast<double>(sample_count));
  return MemoryReport(std::move(value));
}

}  // namespace headstart::wasm
