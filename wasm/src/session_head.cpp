// Session's training runs and what answers.
#include <algorithm>
#include <cmath>
#include <unordered_map>
#include <utility>

#include "session.h"

namespace headstart::wasm {

using emscripten::val;

namespace {

Error no_store() {
  return {ErrorCode::kInternal, "a backbone must be at work before there is a head"};
}

Error not_trained() {
  return {ErrorCode::kNotTrained, "there is no trained head yet: train, or import one"};
}

// The rows of `head` that are to answer, in the order of `rows`. Leaving a row out of a softmax gives the
// probabilities under the condition that it is not that class.
Head select_rows(const Head& head, std::span<const std::size_t> rows, std::vector<std::string> labels) {
  Head selected = head;
  const std::size_t row_length = head.weights.size() / head.class_count();
  selected.labels = std::move(labels);
  selected.weights.clear();
  selected.biases.clear();
  for (const std::size_t row : rows) {
    const auto first = head.weights.begin() + static_cast<std::ptrdiff_t>(row * row_length);
    selected.weights.insert(selected.weights.end(), first, first + static_cast<std::ptrdiff_t>(row_length));
    selected.biases.push_back(head.biases[row]);
  }
  return selected;
}

val head_value(const Head& head, const char* kind, std::span<const std::uint32_t> class_ids) {
  val value = val::object();
  value.set("kind", std::string(kind));
  value.set("labels", val::array(head.labels));
  value.set("classIds", copied_array<std::uint32_t>(class_ids));
  value.set("backbone", head.backbone);
  value.set("inputSize", head.input_size);
  value.set("seed", head.seed);
  value.set("date", head.date);
  value.set("featureCount", static_cast<double>(head.feature_count));
  value.set("hiddenCount", static_cast<double>(head.hidden_biases.size()));
  return value;
}

}  // namespace

DoneOutcome Session::trainBegin(const TrainSettings& settings) {
  run_.reset();
  if (!store_) return done_outcome(no_store());
  const Result<HeadKind> kind = head_kind_from(settings.head);
  if (!kind) return done_outcome(kind.error());
  TrainOptions options;
  options.head = kind.value();
  options.seed = static_cast<std::uint64_t>(settings.seed);
  if (!std::isnan(settings.l2)) options.l2 = settings.l2;
  if (!std::isnan(settings.temperature)) options.temperature = settings.temperature;
  options.fold_count = settings.folds;
  options.hidden_count = settings.hidden;
  options.epoch_count = settings.epochs;
  options.batch_size = settings.batch_size;
  options.learning_rate = settings.learning_rate;

  const TrainingSetView samples = store_->training_set();
  // No warm start: the head must depend on the samples and the seed alone, not on what was trained before.
  Result<Trainer> run = Trainer::start(samples, store_->classes(), options, nullptr, *pool_);
  if (!run) return done_outcome(run.error());
  run_.emplace(std::move(run).value());
  run_class_indices_.assign(samples.class_indices.begin(), samples.class_indices.end());
  run_settings_ = settings;
  return done_outcome({});
}

ProgressOutcome Session::trainStep() {
  if (!run_) return failure<ProgressOutcome>({ErrorCode::kInternal, "no training run is under way"});
  const Result<TrainProgress> progress = run_->step();
  if (!progress) {
    run_.reset();
    return failure<ProgressOutcome>(progress.error());
  }
  val value = val::object();
  value.set("fraction", progress.value().fraction);
  value.set("done", progress.value().done);
  return outcome<ProgressOutcome>(std::move(value));
}

ReportOutcome Session::trainFinish() {
  if (!run_) return failure<ReportOutcome>({ErrorCode::kInternal, "no training run is under way"});
  TrainedHead trained;
  trained.head = run_->head();
  trained.kind = run_->report().head;
  trained.class_ids = run_->report().class_ids;
  const BackboneInfo& backbone = backbone_->info();
  trained.head.backbone = backbone.name;
  trained.head.backbone_sha256 = backbone.sha256;
  trained.head.input_size = std::to_string(backbone_->input_size_px());
  trained.head.input_scale = backbone.input_scale;
  trained.head.input_offset = backbone.input_offset;
  trained.head.seed = std::to_string(static_cast<std::uint64_t>(run_settings_.seed));
  val report = report_value(run_->report(), run_class_indices_);
  trained_head_ = std::move(trained);
  answering_head_.reset();
  trainCancel();
  return outcome<ReportOutcome>(std::move(report));
}

void Session::trainCancel() {
  run_.reset();
  run_class_indices_ = {};
}

// The trained head answers as long as two of its classes are there and enabled. False where it cannot.
bool Session::answer_with_trained_head() {
  if (!trained_head_) return false;
  std::unordered_map<std::uint32_t, std::string> names;
  for (ClassInfo& info : store_->classes()) {
    if (info.enabled) names.emplace(static_cast<std::uint32_t>(info.id), std::move(info.name));
  }
  std::vector<std::size_t> rows;
  std::vector<std::string> labels;
  std::vector<std::uint32_t> class_ids;
  for (std::size_t row = 0; row < trained_head_->class_ids.size(); ++row) {
    const auto name = names.find(static_cast<std::uint32_t>(trained_head_->class_ids[row]));
    if (name == names.end()) continue;
    rows.push_back(row);
    labels.push_back(name->second);
    class_ids.push_back(name->first);
  }
  if (rows.size() < 2) return false;
  answering_head_ = AnsweringHead{select_rows(trained_head_->head, rows, std::move(labels)),
                                  trained_head_->kind, std::move(class_ids), true, store_->revision()};
  return true;
}

Status Session::refresh_answering_head() {
  if (!store_) return no_store();
  if (answering_head_ && answering_head_->revision == store_->revision()) return {};
  answering_head_.reset();
  if (answer_with_trained_head()) return {};
  const TrainingSetView samples = store_->training_set();
  Result<Head> means = nearest_mean_head(samples, store_->classes());
  if (!means) {
    return Error{ErrorCode::kNotTrained,
                 "nothing can be told apart yet: two classes with a picture each are needed, there are " +
                     std::to_string(samples.class_ids.size())};
  }
  std::vector<std::uint32_t> class_ids;
  for (const ClassId id : samples.class_ids) class_ids.push_back(static_cast<std::uint32_t>(id));
  answering_head_ = AnsweringHead{std::move(means).value(), HeadKind::kNearestMean, std::move(class_ids),
                                  false, store_->revision()};
  return {};
}

DoneOutcome Session::embedForRanking(const FrameDescription& frame) {
  // Before the costly part: without classes to tell apart there is nothing to embed for.
  if (const Status status = refresh_answering_head(); !status) return done_outcome(status);
  return done_outcome(embed_into_scratch(frame));
}

RankingOutcome Session::rank() {
  if (const Status status = refresh_answering_head(); !status) return failure<RankingOutcome>(status.error());
  probabilities_.resize(answering_head_->class_ids.size());
  const Status status = head_probabilities(answering_head_->head, embedding_.span(), probabilities_);
  if (!status) return failure<RankingOutcome>(status.error());
  val value = val::object();
  value.set("classIds", copied_array<std::uint32_t>(answering_head_->class_ids));
  value.set("probabilities", copied_array<float>(probabilities_));
  value.set("kind", std::string(head_kind_name(answering_head_->kind)));
  value.set("trained", answering_head_->trained);
  return outcome<RankingOutcome>(std::move(value));
}

HeadOutcome Session::headInfo() const {
  if (!trained_head_) return failure<HeadOutcome>(not_trained());
  std::vector<std::uint32_t> class_ids;
  for (const ClassId id : trained_head_->class_ids) class_ids.push_back(static_cast<std::uint32_t>(id));
  return outcome<HeadOutcome>(
      head_value(trained_head_->head, head_kind_name(trained_head_->kind), class_ids));
}

BytesOutcome Session::exportHead(const std::string& date) {
  if (!trained_head_) return failure<BytesOutcome>(not_trained());
  if (const Status status = refresh_answering_head(); !status) return failure<BytesOutcome>(status.error());
  if (!answering_head_->trained) {
    return failure<BytesOutcome>(
        {ErrorCode::kNotTrained, "fewer than two classes of the trained head are left: train again"});
  }
  Head head = answering_head_->head;
  head.date = date;
  const Result<std::vector<std::uint8_t>> file = write_head_file(head);
  if (!file) return failure<BytesOutcome>(file.error());
  return outcome<BytesOutcome>(copied_array<std::uint8_t>(file.value()));
}

HeadOutcome Session::readHead(std::uint32_t byte_count) {
  read_head_.reset();
  if (!backbone_) return failure<HeadOutcome>(no_store());
  if (byte_count > input_.size())
    return failure<HeadOutcome>({ErrorCode::kInternal, "the input is shorter than said"});
  Result<Head> head = read_head_file(input_.span().first(byte_count));
  if (!head) return failure<HeadOutcome>(head.error());
  if (const Status fits = check_head_fits(head.value(), backbone_->info()); !fits)
    return failure<HeadOutcome>(fits.error());
  const std::string input_size = std::to_string(backbone_->input_size_px());
  if (head.value().input_size != input_size) {
    return failure<HeadOutcome>(
        {ErrorCode::kBadFile, "this head was trained on the backbone \"" + head.value().backbone + "\" at " +
                                  head.value().input_size + " px, the one in use runs at " + input_size +
                                  " px"});
  }
  read_head_ = std::move(head).value();
  const char* kind = head_kind_name(read_head_->hidden_biases.empty() ? HeadKind::kLogistic : HeadKind::kMlp);
  return outcome<HeadOutcome>(head_value(*read_head_, kind, {}));
}

DoneOutcome Session::adoptHead(const ClassIdList& class_ids) {
  if (!read_head_) return failure<DoneOutcome>({ErrorCode::kInternal, "readHead must be called first"});
  const auto ids = emscripten::vecFromJSArray<std::uint32_t>(class_ids);
  if (ids.size() != read_head_->class_count()) {
    return failure<DoneOutcome>(
        {ErrorCode::kInternal, "head has " + std::to_string(read_head_->class_count()) + " classes, got " +
                                   std::to_string(ids.size()) + " ids"});
  }
  TrainedHead trained;
  trained.kind = read_head_->hidden_biases.empty() ? HeadKind::kLogistic : HeadKind::kMlp;
  for (const std::uint32_t id : ids) trained.class_ids.push_back(ClassId{id});
  trained.head = std::move(*read_head_);
  read_head_.reset();
  trained_head_ = std::move(trained);
  answering_head_.reset();
  return done_outcome({});
}

}  // namespace headstart::wasm
