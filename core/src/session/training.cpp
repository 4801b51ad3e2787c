// Session's training runs of a head.
#include <algorithm>
#include <cmath>
#include <string>
#include <utility>

#include "session/state.h"
#include "training/head_training.h"

namespace headstart {
namespace {

Error no_run() {
  return internal_error("no training run is under way");
}

}  // namespace

std::size_t weight_count_of(const Head& head) {
  return head.weights.size() + head.biases.size() + head.hidden_weights.size() + head.hidden_biases.size();
}

std::vector<float> gather_rows(const TrainingSetView& samples, std::span<const FeatureBlock> blocks) {
  const std::size_t width = feature_count_of(blocks);
  const std::size_t count = samples.sample_ids.size();
  std::vector<float> rows(count * width);
  for (std::size_t i = 0; i < count; ++i) {
    gather_features(samples.embeddings.subspan(i * samples.feature_count, samples.feature_count), blocks,
                    std::span(rows).subspan(i * width, width));
  }
  return rows;
}

Status Session::train_begin(const TrainOptions& options) {
  State& state = *state_;
  state.run.reset();
  const TrainingSetView samples = state.store.training_set();
  Result<Trainer> trainer = Trainer::start(samples, state.store.classes(), options, state.pool);
  if (!trainer) return trainer.error();
  if (const Status differ = check_pictures_differ(samples); !differ) return differ;
  const Result<std::vector<FeatureBlock>> blocks =
      select_features(samples.blocks, known_features(samples.blocks));
  if (!blocks) return blocks.error();
  state.run.emplace(TrainingRun{std::move(trainer).value(),
                                options.seed,
                                {samples.class_indices.begin(), samples.class_indices.end()},
                                {samples.sample_ids.begin(), samples.sample_ids.end()},
                                gather_rows(samples, blocks.value())});
  return {};
}

Result<TrainProgress> Session::train_step() {
  if (!state_->run) return no_run();
  Result<TrainProgress> progress = state_->run->trainer.step();
  if (!progress) state_->run.reset();
  return progress;
}

Result<SessionReport> Session::train_finish() {
  State& state = *state_;
  if (!state.run) return no_run();
  if (!check_head_numbers(state.run->trainer.head())) {
    train_cancel();
    return ran_away();
  }
  Result<TrainedHead> trained = state.judged_head();
  if (!trained) return trained.error();
  SessionReport report = state.report_of(state.run->trainer.report(), weight_count_of(trained.value().head));
  if (const Status ready = state.prepare_head(trained.value(), {}); !ready) return ready.error();
  state.put_to_work(std::move(trained).value());
  train_cancel();
  return report;
}

Result<TrainedHead> Session::State::judged_head() const {
  TrainedHead trained;
  trained.head = run->trainer.head();
  trained.kind = run->trainer.report().head;
  trained.class_ids = run->trainer.report().class_ids;
  describe_head(trained.head, run->seed);
  Result<std::vector<FeatureBlock>> blocks =
      select_features(backbone.feature_blocks(), known_features(backbone.feature_blocks()));
  if (!blocks) return blocks.error();
  const Status fitted = trained.judge_by(run->rows, std::move(blocks).value(), run->class_indices, pool);
  if (!fitted) return fitted.error();
  return trained;
}

void Session::train_cancel() {
  state_->run.reset();
}

SessionReport Session::State::report_of(TrainReport training, std::size_t trained_weight_count) const {
  SessionReport report;
  static_cast<TrainReport&>(report) = std::move(training);
  for (const std::uint32_t at : report.held_out_rows)
    report.held_out_class_indices.push_back(run->class_indices[at]);
  report.sample_count = run->class_indices.size();
  report.trained_weight_count = trained_weight_count;
  return report;
}

void Session::State::describe_head(Head& head, std::uint64_t seed) const {
  const BackboneInfo& info = backbone.info();
  head.backbone = info.name;
  head.backbone_sha256 = info.sha256;
  head.input_size = std::to_string(backbone.input_size_px());
  head.input_scale = info.input_scale;
  head.input_offset = info.input_offset;
  head.seed = std::to_string(seed);
}

Status Session::State::prepare_head(TrainedHead& trained, std::span<const std::uint8_t> backbone_file) {
  if (const Status numbers = check_head_numbers(trained.head); !numbers) return numbers;
  Result<HeadReader> reader = HeadReader::create(trained.head, backbone, backbone_file, pool);
  if (!reader) return reader.error();
  trained.reader.emplace(std::move(reader).value());
  trained.tensors = std::move(trained.head.tensors);
  trained.head.tensors.clear();
  if (!trained.reader->has_own_network()) return {};
  // Layers that are not the backbone's own are tried: on black, and on grey.
  std::vector<float> read(trained.reader->feature_count());
  for (const std::uint8_t light : {std::uint8_t{0}, std::uint8_t{128}}) {
    const std::vector<std::uint8_t> rgba(std::size_t{32} * 32 * 4, light);
    const Status ran = trained.reader->read(backbone, {rgba, 32, 32, 0}, {}, read);
    if (!ran) return ran;
    if (!std::ranges::all_of(read, [](float value) { return std::isfinite(value); }))
      return bad_file("the layers of this head give numbers that are not finite");
  }
  return {};
}

void Session::State::put_to_work(TrainedHead trained) {
  own_mapped.reset();
  stages.clear();
  trained_head = std::move(trained);
  answering_head.reset();
}

Status check_pictures_differ(const TrainingSetView& samples) {
  const std::size_t width = samples.feature_count;
  for (std::size_t i = width; i < samples.embeddings.size(); ++i) {
    const float first = samples.embeddings[i % width];
    if (std::abs(samples.embeddings[i] - first) > 1e-5F * std::max(1.0F, std::abs(first))) return {};
  }
  return too_few_samples("all pictures look the same, as with a covered lens: record some that differ");
}

}  // namespace headstart
