// Session's fine-tuning runs.
#include <cmath>
#include <utility>

#include "session.h"

namespace headstart::wasm {

using emscripten::val;

namespace {

// A step computes at most so much at once, so that a camera picture does not wait long for it.
constexpr std::size_t kActivationBudgetBytes = std::size_t{16} << 20U;

Error no_tuning() {
  return {ErrorCode::kInternal, "no fine-tuning is under way"};
}

Result<FineTuneOptions> tune_options(const TuneSettings& settings) {
  const Result<TrainedPart> part = trained_part_from(settings.part);
  if (!part) return part.error();
  FineTuneOptions options;
  options.part = part.value();
  options.block_count = settings.block_count;
  options.cut_block = settings.cut_block;
  options.seed = static_cast<std::uint64_t>(settings.seed);
  if (settings.epochs > 0) options.epoch_count = settings.epochs;
  if (settings.batch_size > 0) options.batch_size = settings.batch_size;
  if (!std::isnan(settings.learning_rate)) options.learning_rate = settings.learning_rate;
  options.activation_budget_bytes = kActivationBudgetBytes;
  return options;
}

// The picture itself and, where they are used, its views, sample by sample.
std::vector<TunedView> views_of_samples(std::size_t sample_count, ViewUse use) {
  std::vector<TunedView> tuned;
  for (std::uint32_t row = 0; row < sample_count; ++row) {
    tuned.push_back({row, std::nullopt});
    if (use == ViewUse::kNone) continue;
    for (std::uint32_t i = 0; i < views().size(); ++i) {
      if (use == ViewUse::kAll || views()[i].mirror == Mirror::kNo) tuned.push_back({row, i});
    }
  }
  return tuned;
}

const char* stage_name(FineTuneStage stage) {
  switch (stage) {
    case FineTuneStage::kCollecting:
      return "collecting";
    case FineTuneStage::kLinearProbe:
      return "linear-probe";
    case FineTuneStage::kTuning:
      return "tuning";
    case FineTuneStage::kEmbedding:
      return "embedding";
    case FineTuneStage::kDone:
      return "done";
  }
  return "done";
}

val estimate_value(const FineTuneEstimate& estimate, std::size_t view_count, std::size_t epoch_count) {
  val value = val::object();
  value.set("border", estimate.border);
  value.set("viewCount", static_cast<double>(view_count));
  value.set("trainedWeightCount", static_cast<double>(estimate.trained_weight_count));
  value.set("frozenWeightCount", static_cast<double>(estimate.frozen_weight_count));
  value.set("frozenPassCount", static_cast<double>(estimate.frozen_pass_count));
  value.set("trainStepCount", static_cast<double>(estimate.train_step_count));
  value.set("forwardStepCount", static_cast<double>(estimate.forward_step_count));
  value.set("epochCount", static_cast<double>(epoch_count));
  value.set("memoryBytes", static_cast<double>(estimate.memory_bytes));
  return value;
}

// What a run that fine-tuned reports: that of its head, with what was measured after it.
TrainReport tuned_report(const TrainReport& of_head, const FineTuneReport& tuned, const TuningRun& tuning,
                         std::span<const SampleId> sample_ids, std::span<const std::uint32_t> class_indices) {
  TrainReport report = of_head;
  report.metrics = tuned.fine_tuned;
  report.measured = true;
  report.temperature = tuned.temperature;
  report.features = {tuning.tuner.result().part == TrainedPart::kCut ? "cut" : "last"};
  report.fold_count = 1;
  report.view_count = tuning.views.size() / sample_ids.size() - 1;
  report.held_out_rows.clear();
  report.held_out_ids.clear();
  report.held_out_probabilities.clear();
  report.held_out_confidences.clear();
  report.held_out_predictions = tuned.held_out_predictions;
  report.held_out_logits = tuned.held_out_logits;
  const std::size_t class_count = of_head.class_ids.size();
  for (std::size_t k = 0; k < tuned.held_out_views.size(); ++k) {
    const std::uint32_t row = tuning.views[tuned.held_out_views[k]].row;
    const std::span<const float> logits =
        std::span(tuned.held_out_logits).subspan(k * class_count, class_count);
    const std::uint32_t predicted = tuned.held_out_predictions[k];
    report.held_out_rows.push_back(row);
    report.held_out_ids.push_back(sample_ids[row]);
    report.held_out_probabilities.push_back(probability_of(logits, class_indices[row]));
    report.held_out_confidences.push_back(probability_of(logits, predicted));
  }
  return report;
}

}  // namespace

Status Session::open_frozen_part(std::span<const std::uint8_t> backbone_file) {
  const std::string& border = tuning_->tuner.border();
  if (border == "input") return {};
  BackboneOptions options;
  options.input_size_px = backbone_->input_size_px();
  options.maps = {border};
  options.end_map = border;
  Result<Backbone> frozen = Backbone::load(backbone_file, options, *pool_);
  if (!frozen) return frozen.error();
  tuning_->frozen.emplace(std::move(frozen).value());
  return {};
}

TuneStartOutcome Session::tuneBegin(const TuneSettings& settings, std::uint32_t file_byte_count) {
  tuning_.reset();
  if (!run_) return failure<TuneStartOutcome>({ErrorCode::kInternal, "a head must be trained first"});
  const Result<std::span<const std::uint8_t>> file = input_.bytes(file_byte_count);
  if (!file) return failure<TuneStartOutcome>(file.error());
  const Result<FineTuneOptions> options = tune_options(settings);
  if (!options) return failure<TuneStartOutcome>(options.error());
  const Result<ViewUse> use = view_use_from(settings.views);
  if (!use) return failure<TuneStartOutcome>(use.error());
  std::vector<TunedView> tuned_views = views_of_samples(run_->sample_ids.size(), use.value());
  std::vector<FineTuneView> fine_tune_views;
  for (const TunedView& view : tuned_views)
    fine_tune_views.push_back({view.row, run_->class_indices[view.row]});
  const std::int32_t side = backbone_->input_size_px();
  const Head& head = run_->trainer.head();
  const Result<FineTuneEstimate> estimate =
      FineTuner::estimate(file.value(), side, fine_tune_views, head.labels, options.value());
  if (!estimate) return failure<TuneStartOutcome>(estimate.error());
  Result<FineTuner> tuner =
      FineTuner::start(file.value(), side, fine_tune_views, head.labels, options.value(), &head, *pool_);
  if (!tuner) return failure<TuneStartOutcome>(tuner.error());
  tuning_.emplace(TuningRun{std::nullopt, std::move(tuner).value(), std::move(tuned_views), settings});
  const Status opened = open_frozen_part(file.value());
  input_.clear();
  if (!opened) {
    tuning_.reset();
    return failure<TuneStartOutcome>(opened.error());
  }
  return outcome<TuneStartOutcome>(
      estimate_value(estimate.value(), fine_tune_views.size(), options.value().epoch_count));
}

WantedViews Session::tuneWanted() {
  std::vector<std::uint32_t> wanted;
  std::vector<SampleId> sample_ids;
  if (tuning_ && run_) {
    for (const std::uint32_t view : tuning_->tuner.wanted_views()) {
      wanted.push_back(view);
      sample_ids.push_back(run_->sample_ids[tuning_->views[view].row]);
    }
  }
  val value = val::object();
  value.set("views", id_array<std::uint32_t>(wanted));
  value.set("sampleIds", id_array<SampleId>(sample_ids));
  return WantedViews(std::move(value));
}

DoneOutcome Session::tuneSupply(std::uint32_t view, const FrameDescription& frame) {
  if (!tuning_ || view >= tuning_->views.size()) return failure<DoneOutcome>(no_tuning());
  const std::optional<std::uint32_t> index = tuning_->views[view].view_index;
  if (index) {
    if (const Status made = make_view_picture(frame, index); !made) return done_outcome(made);
  }
  const FrameView picture = index ? view_picture(frame) : frame_in_input(frame);
  Backbone& source = tuning_->frozen ? *tuning_->frozen : *backbone_;
  if (const Status prepared = source.prepare(picture, {}, 0); !prepared) return done_outcome(prepared);
  if (!tuning_->frozen) return done_outcome(tuning_->tuner.supply_map(view, source.input(0)));
  if (const Status ran = source.run(1); !ran) return done_outcome(ran);
  return done_outcome(tuning_->tuner.supply_map(view, source.map(0, 0)));
}

DoneOutcome Session::tuneTrial() {
  return done_outcome(tuning_ ? tuning_->tuner.trial_step() : Status(no_tuning()));
}

TuneProgressOutcome Session::tuneStep() {
  if (!tuning_) return failure<TuneProgressOutcome>(no_tuning());
  const Result<FineTuneProgress> step = tuning_->tuner.step();
  if (!step) return failure<TuneProgressOutcome>(step.error());
  const FineTuneProgress& progress = step.value();
  val value = val::object();
  value.set("stage", std::string(stage_name(progress.stage)));
  value.set("fraction", progress.fraction);
  value.set("done", progress.done);
  value.set("epoch", static_cast<double>(progress.epoch));
  value.set("epochCount", static_cast<double>(progress.epoch_count));
  value.set("trainLoss", progress.latest.train_loss);
  value.set("heldOutLoss", progress.latest.held_out_loss);
  value.set("heldOutAccuracy", progress.latest.held_out_accuracy);
  value.set("trainStepsAhead", static_cast<double>(progress.train_step_count_ahead));
  value.set("stepsAhead", static_cast<double>(progress.step_count_ahead));
  return outcome<TuneProgressOutcome>(std::move(value));
}

void Session::tuneStop() {
  if (tuning_) tuning_->tuner.stop();
}

ReportOutcome Session::tuneFinish(std::uint32_t file_byte_count) {
  if (!tuning_ || !run_) return failure<ReportOutcome>(no_tuning());
  const FineTuneReport& tuned = tuning_->tuner.report();
  if (!tuned.better_than_head) {
    val fine_tuning = fine_tuning_value(tuned);
    ReportOutcome kept = trainFinish();
    if (kept["code"].as<std::string>().empty()) kept["value"].set("fineTuning", fine_tuning);
    tuneCancel();
    return kept;
  }
  const Result<std::span<const std::uint8_t>> file = input_.bytes(file_byte_count);
  if (!file) return failure<ReportOutcome>(file.error());
  const TrainReport report =
      tuned_report(run_->trainer.report(), tuned, *tuning_, run_->sample_ids, run_->class_indices);
  TrainedHead trained;
  trained.head = tuning_->tuner.result().head;
  trained.head.tensors = tuning_->tuner.result().tensors;
  trained.head.border = tuned.border;
  trained.head.features = {tuning_->tuner.result().part == TrainedPart::kCut ? "cut" : "last"};
  trained.class_ids = report.class_ids;
  describe_head(trained.head, tuning_->settings.seed);
  const Status judged = trained.judge_by(tuning_->tuner.embeddings(), {}, run_->class_indices, *pool_);
  if (!judged) return failure<ReportOutcome>(judged.error());
  val value = report_value(report, run_->class_indices);
  value.set("fineTuning", fine_tuning_value(tuned));
  value.set("trainedWeightCount", static_cast<double>(tuned.trained_weight_count));
  tuning_->frozen.reset();  // its memory serves the network that takes over
  const Status working = put_to_work(std::move(trained), file.value());
  input_.clear();
  if (!working) return failure<ReportOutcome>(working.error());
  tuneCancel();
  return outcome<ReportOutcome>(std::move(value));
}

void Session::tuneCancel() {
  tuning_.reset();
  run_.reset();
}

}  // namespace headstart::wasm
