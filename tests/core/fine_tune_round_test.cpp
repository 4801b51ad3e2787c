// A fine-tuning is written down after a round and gone on with, as after a page was closed.
#include <doctest/doctest.h>

#include <algorithm>
#include <cstring>
#include <limits>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "files/safetensors.h"
#include "headstart/session.h"
#include "support/fine_tuning.h"
#include "support/session.h"

using namespace headstart;
using namespace headstart::test;

namespace {

using Bytes = std::vector<std::uint8_t>;

// A run to its end, with the file after each of its rounds.
struct Written {
  FineTuner tuner;
  std::vector<Bytes> rounds;
};

Written run_written(const Task& task, const FineTuneOptions& options, const ComputePool& pool) {
  Written written{started(task, options, pool), {}};
  std::size_t epoch_count = 0;
  run(written.tuner, task, [&] {
    if (written.tuner.epochs().size() == epoch_count) return;
    epoch_count = written.tuner.epochs().size();
    auto file = written.tuner.round_file({});
    if (file.ok()) written.rounds.push_back(std::move(file).value());
  });
  return written;
}

FineTuner taken_up(const Task& task, const FineTuneOptions& options, const ComputePool& pool,
                   const Bytes& round) {
  FineTuner tuner = started(task, options, pool);
  const Status taken = tuner.take_up(round);
  if (!taken) MESSAGE(taken.error().message);
  REQUIRE(taken.ok());
  return tuner;
}

void check_same(const FineTuner& resumed, const FineTuner& whole) {
  const FineTuneReport& left = resumed.report();
  const FineTuneReport& right = whole.report();
  CHECK(left.better_than_head == right.better_than_head);
  CHECK(left.best_epoch == right.best_epoch);
  CHECK(left.stopped_early == right.stopped_early);
  CHECK(left.temperature == right.temperature);
  CHECK(left.held_out_logits == right.held_out_logits);
  CHECK(left.held_out_predictions == right.held_out_predictions);
  CHECK(left.held_out_views == right.held_out_views);
  CHECK(left.head_alone.log_loss == right.head_alone.log_loss);
  CHECK(left.fine_tuned.log_loss == right.fine_tuned.log_loss);
  REQUIRE(left.epochs.size() == right.epochs.size());
  for (std::size_t i = 0; i < left.epochs.size(); ++i) {
    CHECK(left.epochs[i].train_loss == right.epochs[i].train_loss);
    CHECK(left.epochs[i].held_out_loss == right.epochs[i].held_out_loss);
  }
  const FineTuned& one = resumed.result();
  const FineTuned& other = whole.result();
  CHECK(one.head.labels == other.head.labels);
  CHECK(one.head.weights == other.head.weights);
  CHECK(one.head.biases == other.head.biases);
  CHECK(one.head.feature_count == other.head.feature_count);
  CHECK(one.head.features == other.head.features);
  REQUIRE(one.tensors.size() == other.tensors.size());
  for (std::size_t i = 0; i < one.tensors.size(); ++i)
    CHECK(one.tensors[i].values == other.tensors[i].values);
  CHECK(std::ranges::equal(resumed.embeddings(), whole.embeddings()));
}

// The file with the bytes of one tensor changed by `change`.
template <typename T, typename Change>
Bytes with_tensor(Bytes file, std::string_view name, const Change& change) {
  const auto view = SafetensorsView::parse(file);
  REQUIRE(view.ok());
  const TensorView* tensor = view.value().find(name);
  REQUIRE(tensor != nullptr);
  const std::size_t at = static_cast<std::size_t>(tensor->bytes.data() - file.data());
  std::vector<T> values(tensor->element_count());
  std::memcpy(values.data(), &file[at], values.size() * sizeof(T));
  change(values);
  std::memcpy(&file[at], values.data(), values.size() * sizeof(T));
  return file;
}

Bytes with_text(Bytes file, std::string_view text, std::string_view other) {
  REQUIRE(text.size() == other.size());
  const std::string_view whole(reinterpret_cast<const char*>(file.data()), file.size());
  const std::size_t at = whole.find(text);
  REQUIRE(at != std::string_view::npos);
  std::memcpy(&file[at], other.data(), other.size());
  return file;
}

FineTuneOptions six_rounds(TrainedPart part = TrainedPart::kLastBlocks) {
  FineTuneOptions options = quick(part);
  options.epoch_count = 6;
  options.learning_rate = 0.05;
  return options;
}

}  // namespace

TEST_CASE(
    "a fine-tuning that is taken up again after any round ends as if it had never stopped, to the bit") {
  const Task task;
  const ComputePool pool = pool_of(1);
  for (const TrainedPart part : {TrainedPart::kLastBlocks, TrainedPart::kWholeNetwork, TrainedPart::kCut}) {
    for (const Optimiser optimiser : {Optimiser::kAdamW, Optimiser::kSgd}) {
      FineTuneOptions options = six_rounds(part);
      options.optimiser = optimiser;
      if (part == TrainedPart::kWholeNetwork) options.epoch_count = 2;
      const Written whole = run_written(task, options, pool);
      REQUIRE(whole.rounds.size() + 1 >= whole.tuner.report().epochs.size());
      for (const Bytes& round : whole.rounds) {
        FineTuner resumed = taken_up(task, options, pool, round);
        run(resumed, task);
        check_same(resumed, whole.tuner);
      }
    }
  }
}

TEST_CASE(
    "a run that is taken up twice, on another number of threads and with other budgets, ends the same") {
  const Task task;
  const ComputePool pool = pool_of(1);
  const FineTuneOptions options = six_rounds();
  const Written whole = run_written(task, options, pool);
  FineTuneOptions other = options;
  other.cache_budget_bytes = 0;
  other.activation_budget_bytes = 1;
  const auto two = ComputePool::create(2);
  FineTuner first = taken_up(task, other, two.ok() ? two.value() : pool, whole.rounds[1]);
  Bytes later;
  run(first, task, [&] {
    if (first.epochs().size() == 4 && later.empty()) later = first.round_file({}).value();
  });
  check_same(first, whole.tuner);
  FineTuner second = taken_up(task, options, pool, later);
  CHECK(second.epochs().size() == 4);
  run(second, task);
  check_same(second, whole.tuner);
}

TEST_CASE("patience goes on counting where it was, and a run that was at its end only embeds") {
  const Task task;
  const ComputePool pool = pool_of(1);
  FineTuneOptions options = six_rounds();
  options.learning_rate = 0.5;  // so much that it only gets worse
  options.epoch_count = 12;
  options.patience_epochs = 1;
  const Written whole = run_written(task, options, pool);
  CHECK(whole.tuner.report().stopped_early);
  for (const Bytes& round : whole.rounds) {
    FineTuner resumed = taken_up(task, options, pool, round);
    run(resumed, task);
    check_same(resumed, whole.tuner);
  }
}

TEST_CASE("a round is written only when one was just finished") {
  const Task task;
  const ComputePool pool = pool_of(1);
  FineTuner tuner = started(task, six_rounds(), pool);
  CHECK(tuner.round_file({}).error().code == ErrorCode::kBadArgument);
  std::size_t file_count = 0;
  run(tuner, task, [&] { file_count += tuner.round_file({}).ok() ? 1 : 0; });
  CHECK(file_count <= 6);
  CHECK(file_count >= 5);
}

TEST_CASE("a round of another run is refused in words") {
  const Task task;
  const ComputePool pool = pool_of(1);
  const FineTuneOptions options = six_rounds();
  const Bytes round = run_written(task, options, pool).rounds[2];
  const auto refusal = [&](const Bytes& bytes, const FineTuneOptions& wanted, const Task& of) {
    FineTuner tuner = started(of, wanted, pool);
    const Status taken = tuner.take_up(bytes);
    REQUIRE_FALSE(taken.ok());
    return taken.error();
  };
  FineTuneOptions other = options;
  other.seed = 2;
  CHECK(refusal(round, other, task).message ==
        "this fine-tuning was begun with other settings than the ones it should go on with");
  other = options;
  other.learning_rate = 0.051;
  CHECK(refusal(round, other, task).code == ErrorCode::kBadFile);
  CHECK(refusal(round, options, Task(16)).code == ErrorCode::kBadFile);
  CHECK(refusal(with_text(round, "tuning/1", "tuning/2"), options, task).code == ErrorCode::kBadVersion);
  CHECK(refusal(with_text(round, "tuning/1", "backbone"), options, task).message ==
        "this file is no round of a fine-tuning");
  const auto read = SafetensorsView::parse(round);
  const std::string sha = *read.value().metadata("backbone_sha256");
  CHECK(refusal(with_text(round, sha, std::string(sha.size(), '0')), options, task).message ==
        "this fine-tuning was begun on another backbone, or at another input size");
}

TEST_CASE("numbers that no run leaves behind are refused") {
  const Task task;
  const ComputePool pool = pool_of(1);
  const FineTuneOptions options = six_rounds();
  const Bytes round = run_written(task, options, pool).rounds[2];
  const auto refused = [&](const Bytes& bytes) {
    FineTuner tuner = started(task, options, pool);
    const Status taken = tuner.take_up(bytes);
    return !taken.ok() && taken.error().code == ErrorCode::kBadFile;
  };
  const float nan = std::numeric_limits<float>::quiet_NaN();
  CHECK(refused(with_tensor<float>(round, "now/last.bias", [&](auto& values) { values[0] = nan; })));
  CHECK(refused(with_tensor<float>(round, "square/last.bias", [](auto& values) { values[0] = -1; })));
  CHECK(refused(with_tensor<double>(
      round, "epochs", [](auto& values) { values[0] = std::numeric_limits<double>::infinity(); })));
  CHECK(refused(with_tensor<std::uint64_t>(round, "run.counts", [](auto& values) { values.back() = 4; })));
  CHECK(
      refused(with_tensor<std::uint64_t>(round, "run.counts", [](auto& values) { values[6] = 1U << 30U; })));
  CHECK(refused(with_text(round, "now/last.bias", "now/lost.bias")));
  CHECK(refused(with_text(round, "samples.check", "samples.chick")));
  for (std::size_t size = 0; size < round.size(); size += 1 + round.size() / 50)
    CHECK(refused({round.begin(), round.begin() + static_cast<std::ptrdiff_t>(size)}));
}

namespace {

struct SessionRun {
  SessionReport report;
  Bytes head;
  std::vector<Bytes> rounds;
};

// Head and fine-tuning of a session that was taught six pictures of each of two kinds.
Result<SessionRun> fine_tune(Session& session, const Bytes& backbone, const Bytes& round) {
  REQUIRE(session.train_begin({.fold_count = 1}).ok());
  while (!session.train_step().value().done) continue;
  FineTuneOptions options;
  options.part = TrainedPart::kLastConvolution;
  options.epoch_count = 3;
  const auto begun = session.tune_begin(backbone, options, ViewUse::kNone, round);
  if (!begun) return begun.error();
  SessionRun run;
  // What was finished before is told by the first step.
  for (std::optional<std::size_t> epoch_count = round.empty() ? std::optional<std::size_t>(0) : std::nullopt;
       ;) {
    const WantedViews wanted = session.tune_wanted();
    for (std::size_t i = 0; i < wanted.views.size(); ++i) {
      const int number = static_cast<int>(wanted.sample_ids[i]) - 1;
      const DrawnPicture picture = kept(session, draw(number / 6, number % 6));
      REQUIRE(session.tune_supply(wanted.views[i], picture.view()).ok());
    }
    const auto progress = session.tune_step();
    REQUIRE(progress.ok());
    if (progress.value().done) break;
    const bool is_new = epoch_count && progress.value().epoch > *epoch_count;
    epoch_count = progress.value().epoch;
    if (!is_new) continue;
    auto file = session.tune_round();
    REQUIRE(file.ok());
    run.rounds.push_back(std::move(file).value());
  }
  auto report = session.tune_finish(backbone);
  REQUIRE(report.ok());
  run.report = std::move(report).value();
  run.head = session.head_file().value();
  return run;
}

}  // namespace

TEST_CASE("another session with the same pictures goes on from a round and has the same head in the end") {
  const ComputePool pool = one_thread();
  const Bytes backbone = make_random_backbone({.width_multiplier = "0.1", .input_size_px = 96});
  Session first = open_session(backbone, pool);
  teach(first, 6);
  const auto whole = fine_tune(first, backbone, {});
  REQUIRE(whole.ok());
  REQUIRE(whole.value().rounds.size() >= 2);
  Session second = open_session(backbone, pool);
  teach(second, 6);
  const auto resumed = fine_tune(second, backbone, whole.value().rounds[0]);
  if (!resumed) MESSAGE(resumed.error().message);
  REQUIRE(resumed.ok());
  CHECK(resumed.value().head == whole.value().head);
  CHECK(resumed.value().report.metrics.log_loss == whole.value().report.metrics.log_loss);
  CHECK(resumed.value().rounds.back() == whole.value().rounds.back());
}

TEST_CASE("a session whose pictures are others says how, and goes on with nothing") {
  const ComputePool pool = one_thread();
  const Bytes backbone = make_random_backbone({.width_multiplier = "0.1", .input_size_px = 96});
  Session first = open_session(backbone, pool);
  teach(first, 6);
  const auto whole = fine_tune(first, backbone, {});
  REQUIRE(whole.ok());
  const Bytes& round = whole.value().rounds[0];
  Session second = open_session(backbone, pool);
  const std::vector<ClassId> ids = teach(second, 6);
  REQUIRE(second.samples().remove_sample(SampleId{3}).ok());
  REQUIRE(second.samples().move_sample(SampleId{4}, ids[1]).ok());
  REQUIRE(second.add_sample(ids[0], draw(0, 50).view(), {}).ok());
  const auto refused = fine_tune(second, backbone, round);
  REQUIRE_FALSE(refused.ok());
  CHECK(refused.error().code == ErrorCode::kBadFile);
  CHECK(refused.error().message ==
        "the pictures are not those that this fine-tuning was begun with: since then 1 were added, 1 removed "
        "and 1 changed or moved to another class");
  CHECK(fine_tune(second, backbone, {}).ok());
  // Another picture under the number of one that was deleted.
  Session third = open_session(backbone, pool);
  const std::vector<ClassId> third_ids = teach(third, 6);
  REQUIRE(third.samples().remove_sample(SampleId{12}).ok());
  third.samples().forget_sample(SampleId{12});
  REQUIRE(third.add_sample(SampleId{12}, third_ids[1], draw(1, 60).view(), {}).ok());
  CHECK(fine_tune(third, backbone, round).error().code == ErrorCode::kBadFile);
}
