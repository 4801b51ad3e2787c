// Session's answers: which head answers now, and what it says of a picture.
#include <string>
#include <unordered_map>
#include <utility>

#include "session/state.h"

namespace headstart {
namespace {

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

}  // namespace

// The trained head answers as long as two of its classes are there and enabled. False where it cannot.
bool Session::State::answer_with_trained_head() {
  if (!trained_head) return false;
  std::unordered_map<ClassId, std::string> names;
  for (ClassInfo& info : store.classes()) {
    if (info.enabled) names.emplace(info.id, std::move(info.name));
  }
  std::vector<std::size_t> rows;
  std::vector<std::string> labels;
  std::vector<ClassId> class_ids;
  const auto& judge = trained_head->judge;
  std::vector<std::uint8_t> is_counted(judge ? judge->class_count() : trained_head->class_ids.size(), 0);
  for (std::size_t i = 0; i < trained_head->class_ids.size(); ++i) {
    const auto name = names.find(trained_head->class_ids[i]);
    if (name == names.end()) continue;
    rows.push_back(i);
    is_counted[i] = 1;
    labels.push_back(name->second);
    class_ids.push_back(name->first);
  }
  if (rows.size() < 2) return false;
  answering_head.emplace(AnsweringHead{select_rows(trained_head->head, rows, std::move(labels)),
                                       trained_head->kind, std::move(class_ids), std::move(is_counted),
                                       std::nullopt, true, store.revision()});
  return true;
}

Status Session::State::refresh_answering_head() {
  if (answering_head && answering_head->revision == store.revision()) return {};
  answering_head.reset();
  if (answer_with_trained_head()) return {};
  const TrainingSetView samples = store.training_set();
  Result<Head> means = nearest_mean_head(samples, store.classes());
  if (!means) {
    return not_trained(
        "nothing can be told apart yet: two classes with a picture each are needed, there are " +
        std::to_string(samples.class_ids.size()));
  }
  // Pictures that are all alike have no means to stand apart.
  if (!check_head_numbers(means.value())) return check_pictures_differ(samples);
  Result<HeadReader> reader = HeadReader::create(means.value(), backbone, {}, pool);
  if (!reader) return reader.error();
  answering_head.emplace(AnsweringHead{std::move(means).value(),
                                       HeadKind::kNearestMean,
                                       samples.class_ids,
                                       {},
                                       std::move(reader).value(),
                                       false,
                                       store.revision()});
  return {};
}

HeadReader& Session::State::answering_reader() {
  return answering_head->trained ? *trained_head->reader : *answering_head->reader;
}

// A class that is out now does not count: its pictures are no longer known.
Result<double> Session::State::known_now() {
  if (!answering_head->trained || !trained_head->judge) return 1.0;
  std::span<const float> looked_at = features;
  if (!trained_head->judged_blocks.empty()) {
    judged.resize(feature_count_of(trained_head->judged_blocks));
    gather_features(trained_head->reader->row(), trained_head->judged_blocks, judged);
    looked_at = judged;
  }
  return trained_head->judge->known(looked_at, answering_head->is_counted);
}

Status Session::embed_for_ranking(const FrameView& frame, const PrepareOptions& options) {
  State& state = *state_;
  // Before the costly part: without classes to tell apart there is nothing to embed for.
  if (const Status status = state.refresh_answering_head(); !status) return status;
  state.places.clear();
  HeadReader& reader = state.answering_reader();
  state.features.resize(reader.feature_count());
  return reader.read(state.backbone, frame, options, state.features);
}

Result<Ranking> Session::rank() {
  State& state = *state_;
  if (const Status status = state.refresh_answering_head(); !status) return status.error();
  const AnsweringHead& answering = *state.answering_head;
  Ranking ranking;
  ranking.probabilities.resize(answering.class_ids.size());
  const Status status = head_probabilities(answering.head, state.features, ranking.probabilities);
  if (!status) return status.error();
  const Result<double> known = state.known_now();
  if (!known) return known.error();
  ranking.class_ids = answering.class_ids;
  ranking.known = known.value();
  ranking.kind = answering.kind;
  ranking.trained = answering.trained;
  return ranking;
}

}  // namespace headstart
