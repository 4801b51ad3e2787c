// Session's heads: what answers, and the file in which a head travels.
#include <algorithm>
#include <iterator>
#include <unordered_map>
#include <unordered_set>
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

// Where the network that the head reads ends, or stays as it was.
std::string border_of(const Head& head) {
  if (!head.border.empty()) return head.border;
  return head.features.empty() ? "last" : head.features.back();
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
  value.set("features", val::array(head.features));
  value.set("secondLook", head.second_look != SecondLook::kNo);
  value.set("border", border_of(head));
  value.set("bringsLayers", !head.tensors.empty());
  return value;
}

}  // namespace

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
  std::vector<std::uint8_t> is_counted(trained_head_->class_ids.size(), 0);
  for (std::size_t row = 0; row < trained_head_->class_ids.size(); ++row) {
    const auto name = names.find(static_cast<std::uint32_t>(trained_head_->class_ids[row]));
    if (name == names.end()) continue;
    rows.push_back(row);
    is_counted[row] = 1;
    labels.push_back(name->second);
    class_ids.push_back(name->first);
  }
  if (rows.size() < 2) return false;
  answering_head_.emplace(AnsweringHead{select_rows(trained_head_->head, rows, std::move(labels)),
                                        trained_head_->kind, std::move(class_ids), std::move(is_counted),
                                        std::nullopt, true, store_->revision()});
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
  Result<HeadReader> reader = HeadReader::create(means.value(), *backbone_, {}, *pool_);
  if (!reader) return reader.error();
  std::vector<std::uint32_t> class_ids;
  for (const ClassId id : samples.class_ids) class_ids.push_back(static_cast<std::uint32_t>(id));
  answering_head_.emplace(AnsweringHead{std::move(means).value(),
                                        HeadKind::kNearestMean,
                                        std::move(class_ids),
                                        {},
                                        std::move(reader).value(),
                                        false,
                                        store_->revision()});
  return {};
}

DoneOutcome Session::embedForRanking(const FrameDescription& frame) {
  // Before the costly part: without classes to tell apart there is nothing to embed for.
  if (const Status status = refresh_answering_head(); !status) return done_outcome(status);
  HeadReader& reader = answering_head_->trained ? *trained_head_->reader : *answering_head_->reader;
  features_.resize(reader.feature_count());
  return done_outcome(reader.read(*backbone_, frame_in_input(frame), prepare_options(frame), features_));
}

// A class that is out now does not count: its pictures are no longer known.
Result<double> Session::known_now() {
  if (!answering_head_->trained || !trained_head_->judge) return 1.0;
  std::span<const float> judged = features_;
  if (!trained_head_->judged_blocks.empty()) {
    judged_.resize(feature_count_of(trained_head_->judged_blocks));
    gather_features(trained_head_->reader->row(), trained_head_->judged_blocks, judged_);
    judged = judged_;
  }
  return trained_head_->judge->known(judged, answering_head_->is_counted);
}

RankingOutcome Session::rank() {
  if (const Status status = refresh_answering_head(); !status) return failure<RankingOutcome>(status.error());
  probabilities_.resize(answering_head_->class_ids.size());
  const Status status = head_probabilities(answering_head_->head, features_, probabilities_);
  if (!status) return failure<RankingOutcome>(status.error());
  const Result<double> known = known_now();
  if (!known) return failure<RankingOutcome>(known.error());
  val value = val::object();
  value.set("classIds", copied_array<std::uint32_t>(answering_head_->class_ids));
  value.set("probabilities", copied_array<float>(probabilities_));
  value.set("known", known.value());
  value.set("kind", std::string(head_kind_name(answering_head_->kind)));
  value.set("trained", answering_head_->trained);
  return outcome<RankingOutcome>(std::move(value));
}

HeadOutcome Session::headInfo() const {
  if (!trained_head_) return failure<HeadOutcome>(not_trained());
  std::vector<std::uint32_t> class_ids;
  for (const ClassId id : trained_head_->class_ids) class_ids.push_back(static_cast<std::uint32_t>(id));
  val value = head_value(trained_head_->head, head_kind_name(trained_head_->kind), class_ids);
  value.set("bringsLayers", !trained_head_->tensors.empty());
  return outcome<HeadOutcome>(std::move(value));
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
  head.tensors = trained_head_->tensors;
  const Result<std::vector<std::uint8_t>> file = write_head_file(head);
  if (!file) return failure<BytesOutcome>(file.error());
  return outcome<BytesOutcome>(copied_array<std::uint8_t>(file.value()));
}

HeadOutcome Session::readHead(std::uint32_t byte_count) {
  read_head_.reset();
  if (!backbone_) return failure<HeadOutcome>(no_store());
  const Result<std::span<const std::uint8_t>> bytes = input_.bytes(byte_count);
  if (!bytes) return failure<HeadOutcome>(bytes.error());
  Result<Head> head = read_head_file(bytes.value());
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

DoneOutcome Session::adoptHead(const ClassIdList& class_ids, std::uint32_t file_byte_count) {
  if (!read_head_) return failure<DoneOutcome>({ErrorCode::kInternal, "readHead must be called first"});
  const auto ids = emscripten::vecFromJSArray<std::uint32_t>(class_ids);
  if (ids.size() != read_head_->class_count()) {
    return failure<DoneOutcome>(
        {ErrorCode::kInternal, "head has " + std::to_string(read_head_->class_count()) + " classes, got " +
                                   std::to_string(ids.size()) + " ids"});
  }
  std::span<const std::uint8_t> backbone_file;  // empty where the head brings no layers
  if (file_byte_count > 0) {
    const Result<std::span<const std::uint8_t>> file = input_.bytes(file_byte_count);
    if (!file) return failure<DoneOutcome>(file.error());
    backbone_file = file.value();
  }
  TrainedHead trained;
  trained.kind = read_head_->hidden_biases.empty() ? HeadKind::kLogistic : HeadKind::kMlp;
  for (const std::uint32_t id : ids) trained.class_ids.push_back(ClassId{id});
  trained.head = std::move(*read_head_);
  read_head_.reset();
  const Status working = put_to_work(std::move(trained), backbone_file);
  if (file_byte_count > 0) input_.clear();
  return done_outcome(working ? judge_from_store() : working);
}

std::optional<std::uint32_t> TrainedHead::row_of(ClassId class_id) const {
  const auto found = std::ranges::find(class_ids, class_id);
  if (found == class_ids.end()) return std::nullopt;
  return static_cast<std::uint32_t>(found - class_ids.begin());
}

Status TrainedHead::judge_by(std::span<const float> rows, std::vector<FeatureBlock> blocks,
                             std::span<const std::uint32_t> class_indices, const ComputePool& pool) {
  std::vector<std::size_t> map_sizes;
  for (const FeatureBlock& block : blocks) map_sizes.push_back(block.count);
  if (blocks.empty()) map_sizes.push_back(head.feature_count);
  const KnownSamples samples{rows, map_sizes, class_indices, head.class_count()};
  Result<KnownJudge> fitted = KnownJudge::fit(samples, {}, pool);
  if (!fitted) return fitted.error();
  judge.emplace(std::move(fitted).value());
  judged_blocks = std::move(blocks);
  return {};
}

// A head from a file is judged by the pictures that are there, as far as the backbone's features tell.
Status Session::judge_from_store() {
  TrainedHead& trained = *trained_head_;
  if (trained.reader->has_own_network()) return {};
  const TrainingSetView samples = store_->training_set();
  Result<std::vector<FeatureBlock>> blocks = select_features(samples.blocks, known_features());
  if (!blocks) return blocks.error();
  const std::size_t width = feature_count_of(blocks.value());
  std::vector<float> rows;
  std::vector<std::uint32_t> class_indices;
  for (std::size_t i = 0; i < samples.sample_ids.size(); ++i) {
    const auto row = trained.row_of(samples.class_ids[samples.class_indices[i]]);
    if (!row) continue;
    class_indices.push_back(*row);
    rows.resize(class_indices.size() * width);
    gather_features(samples.embeddings.subspan(i * samples.feature_count, samples.feature_count),
                    blocks.value(), std::span(rows).last(width));
  }
  return trained.judge_by(rows, std::move(blocks).value(), class_indices, *pool_);
}

IdArray Session::samplesToJudgeBy() const {
  std::vector<SampleId> missing;
  if (trained_head_ && trained_head_->reader->has_own_network() && !trained_head_->judge) {
    const std::vector<SampleId>& ids_done = trained_head_->judged_ids;
    const std::unordered_set<SampleId> done(ids_done.begin(), ids_done.end());
    for (const ClassId class_id : trained_head_->class_ids) {
      const Result<std::vector<SampleId>> ids = store_->samples_of(class_id);
      if (!ids) continue;  // a class that is gone
      std::ranges::copy_if(ids.value(), std::back_inserter(missing),
                           [&](SampleId id) { return !done.contains(id); });
    }
  }
  return IdArray(id_array<SampleId>(missing));
}

DoneOutcome Session::addToJudge(std::uint32_t sample_id, const FrameDescription& frame) {
  if (!trained_head_) return failure<DoneOutcome>(not_trained());
  TrainedHead& trained = *trained_head_;
  const std::size_t width = trained.head.feature_count;
  std::vector<float> features(width);
  const Status read =
      trained.reader->read(*backbone_, frame_in_input(frame), prepare_options(frame), features);
  if (!read) return done_outcome(read);
  trained.judged_ids.push_back(SampleId{sample_id});
  trained.judged_rows.insert(trained.judged_rows.end(), features.begin(), features.end());
  if (samplesToJudgeBy()["length"].as<std::size_t>() > 0) return done_outcome({});

  std::vector<float> rows;
  std::vector<std::uint32_t> class_indices;
  for (std::size_t i = 0; i < trained.judged_ids.size(); ++i) {
    const Result<ClassId> class_id = store_->class_of(trained.judged_ids[i]);
    const auto row = class_id ? trained.row_of(class_id.value()) : std::nullopt;
    if (!row) continue;  // it was removed meanwhile
    class_indices.push_back(*row);
    const auto own = std::span(trained.judged_rows).subspan(i * width, width);
    rows.insert(rows.end(), own.begin(), own.end());
  }
  trained.judged_ids = {};
  trained.judged_rows = {};
  return done_outcome(trained.judge_by(rows, {}, class_indices, *pool_));
}

}  // namespace headstart::wasm
