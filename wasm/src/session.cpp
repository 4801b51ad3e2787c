#include "session.h"

#include <emscripten/heap.h>

#include <utility>

namespace headstart::wasm {
namespace {

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

Done SessionBinding::start(std::uint32_t thread_count) {
  Result<ComputePool> pool = ComputePool::create(thread_count);
  if (!pool) return outcome(Status(pool.error()));
  pool_.emplace(std::move(pool).value());
  return {};
}

Outcome<InputView> SessionBinding::inputView(std::uint32_t byte_count) {
  using emscripten::val;
  const Result<std::span<std::uint8_t>> bytes = input_.resize(byte_count);
  if (!bytes) return failure<InputView>(bytes.error());
  return {{}, {}, InputView(val(emscripten::typed_memory_view(byte_count, bytes.value().data())))};
}

Outcome<LoadedBackbone> SessionBinding::loadBackbone(std::uint32_t byte_count, std::int32_t input_size_px,
                                                     Precision precision) {
  if (!pool_ || session_)
    return failure<LoadedBackbone>(internal_error("a session loads one backbone, once"));
  const Result<std::span<const std::uint8_t>> file = input_.bytes(byte_count);
  if (!file) return failure<LoadedBackbone>(file.error());
  Result<Session> session = Session::open(file.value(), input_size_px, *pool_, precision);
  input_.clear();  // a backbone file is far larger than any frame
  if (!session) return failure<LoadedBackbone>(session.error());
  session_.emplace(std::move(session).value());
  const Backbone& backbone = session_->backbone();
  const std::span<const FeatureBlock> blocks = backbone.feature_blocks();
  LoadedBackbone loaded{backbone.info(),         backbone.input_size_px(),           precision,
                        backbone.memory_bytes(), network_layers(backbone.network()), strategies(blocks),
                        scored_maps(blocks)};
  return {{}, {}, std::move(loaded)};
}

FrameView SessionBinding::frame_of(const FrameDescription& frame) const {
  return {input_.bytes(), frame.width_px, frame.height_px, frame.stride_bytes};
}

Outcome<std::vector<float>> SessionBinding::embed(const FrameDescription& frame) {
  return outcome(session_->embed(frame_of(frame), prepare_options(frame)));
}

Outcome<std::vector<float>> SessionBinding::embedMaps(const FrameDescription& frame, const FeatureSet& maps) {
  return outcome(session_->embed_maps(frame_of(frame), prepare_options(frame), maps));
}

Outcome<std::span<const float>> SessionBinding::embedRow(const FrameDescription& frame) {
  return outcome(session_->embed_row(frame_of(frame), prepare_options(frame)));
}

Outcome<std::span<const std::uint8_t>> SessionBinding::makePicture(const FrameDescription& frame,
                                                                   std::int32_t size_px) {
  return outcome(session_->make_picture(frame_of(frame), prepare_options(frame), size_px));
}

Done SessionBinding::addClass(std::uint32_t class_id, const std::string& name) {
  return outcome(session_->samples().add_class(ClassId{class_id}, name));
}

Done SessionBinding::renameClass(std::uint32_t class_id, const std::string& name) {
  return outcome(session_->samples().rename_class(ClassId{class_id}, name));
}

Done SessionBinding::removeClass(std::uint32_t class_id) {
  return outcome(session_->samples().remove_class(ClassId{class_id}));
}

Done SessionBinding::setClassEnabled(std::uint32_t class_id, bool enabled) {
  return outcome(session_->samples().set_class_enabled(ClassId{class_id}, enabled));
}

Done SessionBinding::moveClass(std::uint32_t class_id, std::uint32_t class_index) {
  return outcome(session_->samples().move_class(ClassId{class_id}, class_index));
}

std::vector<ClassInfo> SessionBinding::classes() const {
  return session_->samples().classes();
}

Done SessionBinding::addSample(std::uint32_t sample_id, std::uint32_t class_id,
                               const FrameDescription& frame) {
  return outcome(
      session_->add_sample(SampleId{sample_id}, ClassId{class_id}, frame_of(frame), prepare_options(frame)));
}

Done SessionBinding::addRow(std::uint32_t sample_id, std::uint32_t class_id, std::uint32_t feature_count) {
  const Result<std::span<const float>> floats = input_.floats(feature_count);
  if (!floats) return outcome(Status(floats.error()));
  return outcome(session_->samples().add_sample(SampleId{sample_id}, ClassId{class_id}, floats.value()));
}

Done SessionBinding::copySample(std::uint32_t from, std::uint32_t to, std::uint32_t class_id) {
  return outcome(session_->copy_sample(SampleId{from}, SampleId{to}, ClassId{class_id}));
}

bool SessionBinding::canRestore(std::uint32_t sample_id) const {
  return session_->samples().can_restore(SampleId{sample_id});
}

Done SessionBinding::restoreSample(std::uint32_t sample_id, std::uint32_t class_id) {
  return outcome(session_->samples().restore_sample(SampleId{sample_id}, ClassId{class_id}));
}

void SessionBinding::forgetSample(std::uint32_t sample_id) {
  session_->samples().forget_sample(SampleId{sample_id});
}

Done SessionBinding::removeSample(std::uint32_t sample_id) {
  return outcome(session_->samples().remove_sample(SampleId{sample_id}));
}

Done SessionBinding::moveSample(std::uint32_t sample_id, std::uint32_t class_id) {
  return outcome(session_->samples().move_sample(SampleId{sample_id}, ClassId{class_id}));
}

Outcome<std::span<const float>> SessionBinding::sampleRow(std::uint32_t sample_id) const {
  return outcome(session_->samples().sample(SampleId{sample_id}));
}

Outcome<std::span<const float>> SessionBinding::sampleEmbedding(std::uint32_t sample_id) const {
  return outcome(session_->sample_embedding(SampleId{sample_id}));
}

std::uint32_t SessionBinding::viewCount() const {
  return static_cast<std::uint32_t>(views().size());
}

std::vector<SampleId> SessionBinding::samplesWithoutViews() const {
  return session_->samples().missing_views();
}

Done SessionBinding::addView(std::uint32_t sample_id, std::uint32_t view_index,
                             const FrameDescription& frame) {
  return outcome(session_->add_view(SampleId{sample_id}, view_index, frame_of(frame)));
}

Done SessionBinding::trainBegin(const TrainOptions& options) {
  return outcome(session_->train_begin(options));
}

Outcome<TrainProgress> SessionBinding::trainStep() {
  return outcome(session_->train_step());
}

Outcome<SessionReport> SessionBinding::trainFinish() {
  return outcome(session_->train_finish());
}

Done SessionBinding::trainSetAside() {
  return outcome(session_->train_set_aside());
}

Outcome<PlainHead> SessionBinding::plainHead(const std::string& date) {
  return outcome(session_->plain_head(date));
}

void SessionBinding::trainCancel() {
  session_->train_cancel();
}

Outcome<TuneEstimate> SessionBinding::tuneBegin(const FineTuneOptions& options, ViewUse view_use,
                                                std::uint32_t byte_count, std::uint32_t round_byte_count) {
  const Result<std::span<const std::uint8_t>> files =
      input_.bytes(std::size_t{byte_count} + round_byte_count);
  if (!files) return failure<TuneEstimate>(files.error());
  Result<TuneEstimate> estimate = session_->tune_begin(files.value().first(byte_count), options, view_use,
                                                       files.value().subspan(byte_count));
  input_.clear();
  return outcome(std::move(estimate));
}

WantedViews SessionBinding::tuneWanted() {
  return session_->tune_wanted();
}

Done SessionBinding::tuneSupply(std::uint32_t view, const FrameDescription& frame) {
  return outcome(session_->tune_supply(view, frame_of(frame)));
}

Done SessionBinding::tuneTrial() {
  return outcome(session_->tune_trial());
}

Outcome<FineTuneProgress> SessionBinding::tuneStep() {
  return outcome(session_->tune_step());
}

Outcome<std::vector<std::uint8_t>> SessionBinding::tuneRound() const {
  return outcome(session_->tune_round());
}

void SessionBinding::tuneStop() {
  session_->tune_stop();
}

Outcome<SessionReport> SessionBinding::tuneFinish(std::uint32_t byte_count) {
  const Result<std::span<const std::uint8_t>> file = input_.bytes(byte_count);
  if (!file) return failure<SessionReport>(file.error());
  Result<SessionReport> report = session_->tune_finish(file.value());
  input_.clear();
  return outcome(std::move(report));
}

void SessionBinding::tuneCancel() {
  session_->tune_cancel();
}

void SessionBinding::adviceBegin() {
  session_->advice_begin();
}

Outcome<CandidateReport> SessionBinding::adviceAdd(const std::string& strategy) {
  return outcome(session_->advice_add(strategy));
}

Outcome<CandidateReport> SessionBinding::adviceAddTuned(const std::string& strategy) {
  return outcome(session_->advice_add_tuned(strategy));
}

Outcome<double> SessionBinding::adviceTransfer(const std::string& map) {
  return outcome(session_->advice_transfer(map));
}

Done SessionBinding::adviceAddBorder(std::uint32_t sample_id, const FrameDescription& frame) {
  return outcome(session_->advice_add_border(SampleId{sample_id}, frame_of(frame)));
}

Outcome<Advice> SessionBinding::adviceFinish() {
  return outcome(session_->advice_finish());
}

Outcome<MirrorVerdict> SessionBinding::mirrorVerdict() {
  return outcome(session_->mirror_verdict());
}

Done SessionBinding::embedForRanking(const FrameDescription& frame) {
  return outcome(session_->embed_for_ranking(frame_of(frame), prepare_options(frame)));
}

Outcome<Ranking> SessionBinding::rank() {
  return outcome(session_->rank());
}

Done SessionBinding::embedForAttention(const FrameDescription& frame, bool is_finer) {
  return outcome(session_->embed_for_attention(frame_of(frame), prepare_options(frame),
                                               is_finer ? AttentionGrid::kFiner : AttentionGrid::kOwn));
}

Outcome<Attention> SessionBinding::attention(std::uint32_t class_id) {
  return outcome(session_->attention(ClassId{class_id}));
}

Outcome<std::vector<StageMaps>> SessionBinding::lookInside(const FrameDescription& frame,
                                                           std::uint32_t channel_count) {
  return outcome(session_->look_inside(frame_of(frame), prepare_options(frame), channel_count));
}

Outcome<SampleMap> SessionBinding::pictureMap() {
  return outcome(session_->picture_map());
}

std::vector<SimilarSample> SessionBinding::similarSamples(std::uint32_t count) {
  return session_->similar_samples(count);
}

Outcome<HeadInfo> SessionBinding::headInfo() const {
  return outcome(session_->head_info());
}

Outcome<std::vector<std::uint8_t>> SessionBinding::exportHead(const std::string& date) {
  return outcome(session_->export_head(date));
}

Outcome<std::vector<std::uint8_t>> SessionBinding::headFile() const {
  return outcome(session_->head_file());
}

Outcome<HeadInfo> SessionBinding::headFileInfo(std::uint32_t byte_count) {
  const Result<std::span<const std::uint8_t>> bytes = input_.bytes(byte_count);
  if (!bytes) return failure<HeadInfo>(bytes.error());
  return outcome(Session::head_file_info(bytes.value()));
}

Outcome<HeadInfo> SessionBinding::readHead(std::uint32_t byte_count) {
  const Result<std::span<const std::uint8_t>> bytes = input_.bytes(byte_count);
  if (!bytes) return failure<HeadInfo>(bytes.error());
  return outcome(session_->read_head(bytes.value()));
}

Done SessionBinding::adoptHead(const std::vector<ClassId>& class_ids, std::uint32_t byte_count) {
  const Result<std::span<const std::uint8_t>> file = input_.bytes(byte_count);
  if (!file) return outcome(Status(file.error()));
  const Status adopted = session_->adopt_head(class_ids, file.value());
  input_.clear();
  return outcome(adopted);
}

std::vector<SampleId> SessionBinding::samplesToJudgeBy() const {
  return session_->samples_to_judge_by();
}

Done SessionBinding::addToJudge(std::uint32_t sample_id, const FrameDescription& frame) {
  return outcome(session_->add_to_judge(SampleId{sample_id}, frame_of(frame)));
}

MemoryReport SessionBinding::memory() const {
  return {session_->memory(), emscripten_get_heap_size(), input_.memory_bytes()};
}

}  // namespace headstart::wasm
