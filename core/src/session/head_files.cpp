// Session's head as others see it: what is known of it, its file, and a file that takes its place.
#include <span>
#include <string>
#include <utility>

#include "base/softmax.h"
#include "head/labels.h"
#include "session/state.h"

namespace headstart {
namespace {

Error no_trained_head() {
  return not_trained("there is no trained head yet: train, or import one");
}

// Where the network that the head reads ends, or stays as it was.
std::string border_of(const Head& head) {
  if (!head.border.empty()) return head.border;
  return head.features.empty() ? "last" : head.features.back();
}

HeadInfo info_of(const Head& head, HeadKind kind) {
  HeadInfo info;
  info.kind = kind;
  info.labels = head.labels;
  info.backbone = head.backbone;
  info.input_size = head.input_size;
  info.seed = head.seed;
  info.date = head.date;
  info.feature_count = head.feature_count;
  info.hidden_count = head.hidden_biases.size();
  info.features = head.features;
  info.second_look = head.second_look != SecondLook::kNo;
  info.border = border_of(head);
  info.brings_layers = !head.tensors.empty();
  return info;
}

// A file does not say how its head was trained, but only one kind has a transform.
HeadKind kind_of(const Head& head) {
  if (head.transform != FeatureTransform::kNone) return HeadKind::kDiscriminant;
  return head.hidden_biases.empty() ? HeadKind::kLogistic : HeadKind::kMlp;
}

// Its labels become the names of classes, which a person has to be able to see.
Status clean_labels(Head& head) {
  if (head.class_count() < 2)
    return bad_file("a head tells two classes or more apart, this one has only one");
  for (std::size_t row = 0; row < head.labels.size(); ++row) {
    head.labels[row] = clean_label(head.labels[row]);
    if (head.labels[row].empty())
      return bad_file("class " + std::to_string(row + 1) + " of this head has no name");
  }
  return {};
}

// What two runs said of the pictures that both held out.
AnswerChanges changes_between(const TrainReport& before, const TrainReport& after,
                              std::span<const std::uint32_t> class_indices) {
  AnswerChanges changes;
  const std::size_t class_count = after.class_ids.size();
  if (before.held_out_ids != after.held_out_ids || before.class_ids != after.class_ids) return changes;
  const auto probabilities = [&](const TrainReport& report, std::size_t at) {
    const std::span<const float> logits =
        std::span(report.held_out_logits).subspan(at * class_count, class_count);
    std::vector<double> row(logits.begin(), logits.end());
    softmax(row);
    return std::vector<float>(row.begin(), row.end());
  };
  for (std::size_t i = 0; i < after.held_out_rows.size(); ++i) {
    changes.add(probabilities(before, i), probabilities(after, i),
                static_cast<std::ptrdiff_t>(class_indices[after.held_out_rows[i]]));
  }
  return changes;
}

}  // namespace

Result<HeadInfo> Session::head_info() const {
  const auto& trained = state_->trained_head;
  if (!trained) return no_trained_head();
  HeadInfo info = info_of(trained->head, trained->kind);
  info.class_ids = trained->class_ids;
  info.brings_layers = !trained->tensors.empty();
  return info;
}

Status Session::train_set_aside() {
  if (!state_->run) return internal_error("no training run is done");
  state_->aside = state_->run->trainer.report();
  train_cancel();
  return {};
}

Result<PlainHead> Session::plain_head(const std::string& date) {
  State& state = *state_;
  if (!state.run || !state.aside) return internal_error("no training run is done");
  if (state.run->trainer.head().transform != FeatureTransform::kNone)
    return bad_argument("a plain head is one without a transform, this kind of head has one");
  const TrainReport& now = state.run->trainer.report();
  PlainHead plain;
  plain.changes = changes_between(*state.aside, now, state.run->class_indices);
  Result<TrainedHead> trained = state.judged_head();
  if (!trained) return trained.error();
  Head& head = trained.value().head;
  head.date = date;
  head.known = trained.value().evidence(std::vector<std::uint8_t>(head.class_count(), 1));
  Result<std::vector<std::uint8_t>> file = write_head_file(head);
  if (!file) return file.error();
  plain.file = std::move(file).value();
  state.aside.reset();
  train_cancel();
  return plain;
}

Result<std::vector<std::uint8_t>> Session::export_head(const std::string& date) {
  State& state = *state_;
  if (!state.trained_head) return no_trained_head();
  if (const Status status = state.refresh_answering_head(); !status) return status.error();
  if (!state.answering_head->trained) {
    return not_trained("fewer than two classes of the trained head are left: train again");
  }
  Head head = state.answering_head->head;
  head.date = date;
  head.tensors = state.trained_head->tensors;
  head.known = state.trained_head->evidence(state.answering_head->is_counted);
  return write_head_file(head);
}

Result<std::vector<std::uint8_t>> Session::head_file() const {
  const auto& trained = state_->trained_head;
  if (!trained) return no_trained_head();
  Head head = trained->head;
  head.tensors = trained->tensors;
  const std::size_t judged_count = trained->judge ? trained->judge->class_count() : 0;
  head.known = trained->evidence(std::vector<std::uint8_t>(judged_count, 1));
  return write_head_file(head);
}

Result<HeadInfo> Session::head_file_info(std::span<const std::uint8_t> head_file) {
  const Result<Head> head = read_head_file(head_file);
  if (!head) return head.error();
  return info_of(head.value(), kind_of(head.value()));
}

Result<HeadInfo> Session::read_head(std::span<const std::uint8_t> head_file) {
  State& state = *state_;
  state.read_head.reset();
  Result<Head> head = read_head_file(head_file);
  if (!head) return head.error();
  if (const Status fits = check_head_fits(head.value(), state.backbone.info()); !fits) return fits.error();
  const std::string input_size = std::to_string(state.backbone.input_size_px());
  if (head.value().input_size != input_size) {
    return bad_file("this head was trained on the backbone \"" + head.value().backbone + "\" at " +
                    head.value().input_size + " px, the one in use runs at " + input_size + " px");
  }
  if (const Status named = clean_labels(head.value()); !named) return named.error();
  state.read_head = std::move(head).value();
  return info_of(*state.read_head, kind_of(*state.read_head));
}

Status Session::adopt_head(std::span<const ClassId> class_ids, std::span<const std::uint8_t> backbone_file) {
  State& state = *state_;
  if (!state.read_head) return internal_error("a head must be read first");
  if (class_ids.size() != state.read_head->class_count()) {
    return internal_error("head has " + std::to_string(state.read_head->class_count()) + " classes, got " +
                          std::to_string(class_ids.size()) + " ids");
  }
  TrainedHead trained;
  trained.kind = kind_of(*state.read_head);
  trained.class_ids.assign(class_ids.begin(), class_ids.end());
  trained.head = std::move(*state.read_head);
  state.read_head.reset();
  if (const Status ready = state.prepare_head(trained, backbone_file); !ready) return ready;
  const std::optional<KnownEvidence> evidence = std::exchange(trained.head.known, std::nullopt);
  const Status judged = evidence ? trained.judge_by(*evidence, state.backbone.feature_blocks(), state.pool)
                                 : state.judge_from_store(trained);
  if (!judged) return judged;
  state.put_to_work(std::move(trained));
  return {};
}

}  // namespace headstart
