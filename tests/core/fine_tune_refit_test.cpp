// The head of a trained network, fitted again to what the network then makes of the pictures.
#include <doctest/doctest.h>

#include <functional>
#include <vector>

#include "fine_tune/split.h"
#include "headstart/fine_tuner.h"
#include "headstart/metrics.h"
#include "support/fine_tuning.h"

using namespace headstart;
using namespace headstart::test;

namespace {

FineTuneOptions with_head(HeadKind head) {
  FineTuneOptions options = quick();
  options.block_count = 3;
  options.head = head;
  return options;
}

FineTuner done(
    const Task& task, const FineTuneOptions& options, const ComputePool& pool,
    const std::function<void(FineTuner&)>& between = [](FineTuner&) {}) {
  FineTuner tuner = started(task, options, pool);
  run(tuner, task, [&] { between(tuner); });
  return tuner;
}

// Which pictures are held out decides whether anything is better than the head alone.
FineTuneOptions refitting(const Task& task, const ComputePool& pool) {
  FineTuneOptions options = with_head(HeadKind::kDiscriminant);
  for (options.seed = 1; options.seed <= 24; ++options.seed) {
    const FineTuner tuner = done(task, options, pool);
    if (tuner.report().better_than_head && tuner.report().head == HeadKind::kDiscriminant) return options;
  }
  FAIL("no seed lets a fitted head win");
  return options;
}

// What `head` says of the embeddings of the pictures held out.
Metrics on_held_out(const FineTuner& tuner, const Task& task) {
  const Head& head = tuner.result().head;
  std::vector<float> logits;
  std::vector<std::uint32_t> truths;
  for (const std::uint32_t view : tuner.report().held_out_views) {
    std::vector<float> row(head.class_count());
    const std::size_t picture = task.views[view].picture_index;
    REQUIRE(
        head_logits(head, tuner.embeddings().subspan(picture * head.feature_count, head.feature_count), row)
            .ok());
    logits.insert(logits.end(), row.begin(), row.end());
    truths.push_back(task.views[view].class_index);
  }
  return measure(logits, truths, head.class_count());
}

}  // namespace

TEST_CASE("a trained network's head is fitted again, and kept where it is surer of what was held out") {
  const ComputePool pool = pool_of(1);
  const Task task(16);
  FineTuneOptions options = refitting(task, pool);
  const FineTuner tuner = done(task, options, pool);
  const FineTuneReport& report = tuner.report();
  const Head& head = tuner.result().head;
  CHECK_FALSE(tuner.result().tensors.empty());
  CHECK(head.features == FeatureSet{"last"});
  CHECK(head.transform == FeatureTransform::kRoot);
  CHECK(head.map_sizes == std::vector<std::size_t>{head.feature_count});
  REQUIRE(tuner.embeddings().size() == 32 * head.feature_count);
  // At last it learnt from the pictures held out too.
  CHECK(on_held_out(tuner, task).log_loss <= report.fine_tuned.log_loss);
  CHECK(report.held_out_predictions.size() == report.held_out_picture_count);

  // The same training, with the head that descended.
  options.head = HeadKind::kLogistic;
  const FineTuner descended = done(task, options, pool);
  CHECK(descended.report().head == HeadKind::kLogistic);
  CHECK(descended.report().best_epoch == report.best_epoch);
  CHECK(descended.report().fine_tuned.log_loss > report.fine_tuned.log_loss);
  CHECK(descended.result().head.transform == FeatureTransform::kNone);
}

TEST_CASE("where lengths tell the classes apart, which a fitted head does not see, the other stays") {
  const ComputePool pool = pool_of(1);
  Task task(16);
  task.by_spread = true;
  const FineTuner tuner = gaining_by_spread(task, HeadKind::kDiscriminant, pool);
  CHECK(tuner.report().head == HeadKind::kLogistic);
  CHECK(tuner.result().head.transform == FeatureTransform::kNone);
  CHECK(tuner.embeddings().size() == 32 * tuner.result().head.feature_count);
  // The cache's float16 is the same for both.
  CHECK(on_held_out(tuner, task).log_loss ==
        doctest::Approx(tuner.report().fine_tuned.log_loss).epsilon(0.01));
}

TEST_CASE("a fitted head is the same on any cache and after a stop that came too late") {
  const ComputePool pool = pool_of(1);
  const Task task(16);
  FineTuneOptions options = refitting(task, pool);
  const FineTuner kept = done(task, options, pool);
  const FineTuner stopped = done(task, options, pool, [&](FineTuner& tuner) {
    if (tuner.epochs().size() == options.epoch_count) tuner.stop();
  });
  options.cache_budget_bytes = 0;
  const FineTuner uncached = done(task, options, pool);
  for (const FineTuner* other : {&stopped, &uncached}) {
    CHECK(other->report().head == HeadKind::kDiscriminant);
    CHECK(other->result().head.weights == kept.result().head.weights);
    CHECK(other->result().head.biases == kept.result().head.biases);
  }
}

TEST_CASE("what fitting takes is in the estimate") {
  const ComputePool pool = pool_of(1);
  const Task task(16);
  const FineTuneOptions options = refitting(task, pool);
  const auto estimate = FineTuner::estimate(backbone_file(), 96, task.views, kLabels, options);
  REQUIRE(estimate.ok());
  FineTuner tuner = started(task, options, pool);
  const Steps steps = run_counting(tuner, task);
  CHECK(steps.map_count == task.views.size());  // those of the pictures held out too
  check_estimate(estimate.value(), options, tuner, steps);
}

TEST_CASE("pictures with unequal numbers of views are fitted to as they are") {
  const ComputePool pool = pool_of(1);
  Task task(16);
  task.views.push_back({0, 0});
  const FineTuneOptions options = with_head(HeadKind::kDiscriminant);
  const FineTuner tuner = done(task, options, pool);
  CHECK(tuner.result().head.class_count() == 2);
  CHECK(tuner.report().fine_tuned.log_loss > 0);
}

TEST_CASE("a head is fitted to all views while they are not too many, else to the pictures") {
  const std::vector<SplitPicture> pictures = {{0, {0, 3}, false}, {1, {1, 2}, true}};
  CHECK(final_views(pictures, 4) == std::vector<std::uint32_t>{0, 3, 1, 2});
  CHECK(final_views(pictures, 3) == std::vector<std::uint32_t>{0, 1});
  CHECK(final_views(pictures, 0) == std::vector<std::uint32_t>{0, 1});
}
