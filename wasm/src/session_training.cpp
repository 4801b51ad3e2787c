// Session's training runs of a head.
#include <cmath>
#include <utility>

#include "session.h"

namespace headstart::wasm {

using emscripten::val;

namespace {

Error no_run() {
  return {ErrorCode::kInternal, "no training run is under way"};
}

Result<TrainOptions> train_options(const TrainSettings& settings, const NameList& maps) {
  const Result<HeadKind> kind = head_kind_from(settings.head);
  if (!kind) return kind.error();
  const Result<ViewUse> view_use = view_use_from(settings.views);
  if (!view_use) return view_use.error();
  TrainOptions options;
  options.head = kind.value();
  options.features = emscripten::vecFromJSArray<std::string>(maps);
  options.views = view_use.value();
  options.second_look = settings.second_look ? SecondLook::kMirrored : SecondLook::kNo;
  options.seed = static_cast<std::uint64_t>(settings.seed);
  if (!std::isnan(settings.l2)) options.l2 = settings.l2;
  if (!std::isnan(settings.temperature)) options.temperature = settings.temperature;
  options.fold_count = settings.folds;
  options.hidden_count = settings.hidden;
  options.epoch_count = settings.epochs;
  options.batch_size = settings.batch_size;
  options.learning_rate = settings.learning_rate;
  return options;
}

// What every sample is judged by: [sample_count, features of known_features()].
Result<std::vector<float>> rows_to_judge(const TrainingSetView& samples) {
  const Result<std::vector<FeatureBlock>> blocks = select_features(samples.blocks, known_features());
  if (!blocks) return blocks.error();
  const std::size_t width = feature_count_of(blocks.value());
  std::vector<float> rows(samples.sample_ids.size() * width);
  for (std::size_t i = 0; i < samples.sample_ids.size(); ++i) {
    gather_features(samples.embeddings.subspan(i * samples.feature_count, samples.feature_count),
                    blocks.value(), std::span(rows).subspan(i * width, width));
  }
  return rows;
}

}  // namespace

DoneOutcome Session::trainBegin(const TrainSettings& settings, const NameList& maps) {
  run_.reset();
  if (!store_)
    return failure<DoneOutcome>({ErrorCode::kInternal, "a backbone must be at work before there is a head"});
  const Result<TrainOptions> options = train_options(settings, maps);
  if (!options) return failure<DoneOutcome>(options.error());
  const TrainingSetView samples = store_->training_set();
  // No warm start: the head must depend on the samples and the seed alone, not on what was trained before.
  Result<Trainer> trainer = Trainer::start(samples, store_->classes(), options.value(), *pool_);
  if (!trainer) return failure<DoneOutcome>(trainer.error());
  Result<std::vector<float>> rows = rows_to_judge(samples);
  if (!rows) return failure<DoneOutcome>(rows.error());
  run_.emplace(TrainingRun{std::move(trainer).value(),
                           settings,
                           {samples.class_indices.begin(), samples.class_indices.end()},
                           {samples.sample_ids.begin(), samples.sample_ids.end()},
                           std::move(rows).value()});
  return done_outcome({});
}

ProgressOutcome Session::trainStep() {
  if (!run_) return failure<ProgressOutcome>(no_run());
  const Result<TrainProgress> progress = run_->trainer.step();
  if (!progress) {
    run_.reset();
    return failure<ProgressOutcome>(progress.error());
  }
  val value = val::object();
  value.set("fraction", progress.value().fraction);
  value.set("done", progress.value().done);
  return outcome<ProgressOutcome>(std::move(value));
}

void Session::describe_head(Head& head, double seed) const {
  const BackboneInfo& backbone = backbone_->info();
  head.backbone = backbone.name;
  head.backbone_sha256 = backbone.sha256;
  head.input_size = std::to_string(backbone_->input_size_px());
  head.input_scale = backbone.input_scale;
  head.input_offset = backbone.input_offset;
  head.seed = std::to_string(static_cast<std::uint64_t>(seed));
}

Status Session::put_to_work(TrainedHead trained, std::span<const std::uint8_t> backbone_file) {
  Result<HeadReader> reader = HeadReader::create(trained.head, *backbone_, backbone_file, *pool_);
  if (!reader) return reader.error();
  trained.reader.emplace(std::move(reader).value());
  trained.tensors = std::move(trained.head.tensors);
  trained.head.tensors.clear();
  trained_head_ = std::move(trained);
  answering_head_.reset();
  return {};
}

ReportOutcome Session::trainFinish() {
  if (!run_) return failure<ReportOutcome>(no_run());
  const TrainReport& report = run_->trainer.report();
  TrainedHead trained;
  trained.head = run_->trainer.head();
  trained.kind = report.head;
  trained.class_ids = report.class_ids;
  describe_head(trained.head, run_->settings.seed);
  Result<std::vector<FeatureBlock>> blocks = select_features(backbone_->feature_blocks(), known_features());
  if (!blocks) return failure<ReportOutcome>(blocks.error());
  const Status judged = trained.judge_by(run_->rows, std::move(blocks).value(), run_->class_indices, *pool_);
  if (!judged) return failure<ReportOutcome>(judged.error());
  val value = report_value(report, run_->class_indices);
  value.set("trainedWeightCount", weight_count_of(trained.head));
  if (const Status working = put_to_work(std::move(trained), {}); !working)
    return failure<ReportOutcome>(working.error());
  trainCancel();
  return outcome<ReportOutcome>(std::move(value));
}

void Session::trainCancel() {
  run_.reset();
}

}  // namespace headstart::wasm
