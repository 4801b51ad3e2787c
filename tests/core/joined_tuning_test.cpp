// Layers of several networks trained at once: gradients, whole runs, and the head that comes out.
#include <doctest/doctest.h>

#include <algorithm>
#include <cmath>
#include <string>
#include <vector>

#include "fine_tune/plan.h"
#include "fine_tune/trained_network.h"
#include "network/network_file.h"
#include "support/fine_tuning.h"
#include "support/gradients.h"
#include "support/joined_networks.h"

using namespace headstart;
using namespace headstart::test;

namespace {

constexpr std::size_t kPictures = 2;
constexpr std::size_t kClasses = 3;

const Bytes& two_networks() {
  static const Bytes file = joined({v2_file(), v3_file()});
  return file;
}

Network network() {
  auto read = read_network(two_networks());
  REQUIRE(read.ok());
  return std::move(read).value();
}

FineTunePlan plan_of(const FineTuneOptions& options) {
  auto plan = make_fine_tune_plan(network(), options, kClasses);
  if (!plan.ok()) MESSAGE(plan.error().message);
  REQUIRE(plan.ok());
  return std::move(plan).value();
}

// The sum of both heads' logits by fixed factors, and in `grad_logits` its gradient.
double weighted_logits(TrainedNetwork& trained) {
  REQUIRE(trained.forward(kPictures).ok());
  double sum = 0;
  for (std::size_t head = 0; head < 2; ++head) {
    for (std::size_t i = 0; i < kPictures * kClasses; ++i) {
      const float factor = 0.5F - 0.3F * static_cast<float>((i + head) % 4);
      sum += static_cast<double>(factor) * static_cast<double>(trained.logits(head)[i]);
      trained.grad_logits(head)[i] = factor;
    }
  }
  return sum;
}

FineTuner started_on_two(const Task& task, const FineTuneOptions& options, const ComputePool& pool) {
  auto tuner = FineTuner::start(two_networks(), kJoinedSidePx, task.views, kLabels, options, nullptr, pool);
  if (!tuner.ok()) MESSAGE(tuner.error().message);
  REQUIRE(tuner.ok());
  return std::move(tuner).value();
}

}  // namespace

TEST_CASE("gradients of two networks at once are those of finite differences") {
  const ComputePool pool = pool_of(1);
  FineTunePlan plan = plan_of(quick());
  RandomNumbers numbers(3);
  for (std::size_t head = 0; head < 2; ++head) {
    std::vector<float> head_weights(kClasses * plan.feature_count(head));
    for (float& value : head_weights) value = numbers.next();
    restart_parameter(plan.parameters[plan.head_weights(head)], head_weights);
  }
  auto made = TrainedNetwork::create(std::move(plan), kPictures, std::size_t{1} << 30U, pool);
  REQUIRE(made.ok());
  TrainedNetwork& trained = made.value();
  for (std::size_t border = 0; border < 2; ++border) {
    for (std::size_t picture = 0; picture < kPictures; ++picture) {
      for (float& value : trained.input(picture, border)) value = numbers.next();
    }
  }
  weighted_logits(trained);
  REQUIRE(trained.backward(kPictures, Accumulate::kReplace).ok());
  CHECK(trained.parameters().size() > 10);
  check_gradients(trained, weighted_logits);
}

TEST_CASE("each of two networks is trained from a border of its own on, as far as if it were alone") {
  const FineTunePlan plan = plan_of(quick());
  CHECK(plan.border() == "a.blocks.15,b.blocks.0");
  CHECK(plan.feature_count() == network().embedding_dim());
  std::size_t trained_count = 0;
  for (const Parameter& parameter : plan.parameters) {
    CAPTURE(parameter.name);
    if (parameter.name.find(".head.") != std::string::npos) continue;
    trained_count += parameter.element_count();
    // The steps of a layer are as long as its way to the head says, whichever branch it is of.
    const bool is_last = parameter.name.find(".last") != std::string::npos;
    CHECK(parameter.depth == (is_last ? 1 : 2));
  }
  CHECK(trained_count + plan.frozen_weight_count == network().parameter_count());

  FineTuneOptions options = quick(TrainedPart::kLastConvolution);
  CHECK(plan_of(options).border() == "a.blocks.16,b.blocks.1");
  options = quick();
  options.block_count = 2;
  const auto too_many = make_fine_tune_plan(network(), options, kClasses);
  REQUIRE_FALSE(too_many.ok());
  CHECK(too_many.error().message == "the number of last blocks to train must be from 1 to 1, got 2");
  for (const TrainedPart part : {TrainedPart::kWholeNetwork, TrainedPart::kCut}) {
    const auto refused = make_fine_tune_plan(network(), quick(part), kClasses);
    REQUIRE_FALSE(refused.ok());
    CHECK(refused.error().code == ErrorCode::kUnsupported);
    CHECK(refused.error().message.find("take one network") != std::string::npos);
  }
}

TEST_CASE("the estimate for two networks is what the run then takes, whatever the cache holds") {
  const ComputePool pool = pool_of(1);
  const Task task(6);
  std::vector<float> weights;
  for (const std::size_t budget : {std::size_t{0}, std::size_t{1} << 24U}) {
    FineTuneOptions options = quick();
    options.cache_budget_bytes = budget;
    const auto estimate = FineTuner::estimate(two_networks(), kJoinedSidePx, task.views, kLabels, options);
    REQUIRE(estimate.ok());
    FineTuner tuner = started_on_two(task, options, pool);
    CHECK(tuner.border_maps() == std::vector<std::string>{"a.blocks.15", "b.blocks.0"});
    const Steps steps = run_counting(tuner, task);
    check_estimate(estimate.value(), options, tuner, steps);
    if (!weights.empty()) CHECK(tuner.result().head.weights == weights);
    weights = tuner.result().head.weights;
  }
}

TEST_CASE("two networks whose layers stay as they are say what their heads alone say, in every round") {
  const ComputePool pool = pool_of(1);
  const Task task(6);
  FineTuneOptions options = quick();
  options.learning_rate = 0;
  FineTuner tuner = started_on_two(task, options, pool);
  std::vector<double> losses;
  for (FineTuneProgress now; !now.done;) {
    const std::vector<std::uint32_t> wanted(tuner.wanted_views().begin(), tuner.wanted_views().end());
    for (const std::uint32_t view : wanted)
      REQUIRE(tuner.supply_map(view, task.map(view, tuner.border_size())).ok());
    now = tuner.step().value();
    if (now.stage == FineTuneStage::kTuning) losses.push_back(now.latest.held_out_loss);
  }
  REQUIRE(losses.size() > 4);
  CHECK(losses.front() > 0);
  for (const double loss : losses) CHECK(loss == doctest::Approx(losses.front()).epsilon(1e-4));
}

TEST_CASE("a fine-tuning of two networks goes on from a round as if it had not been stopped") {
  const ComputePool pool = pool_of(1);
  const Task task(6);
  FineTuneOptions options = quick();
  options.learning_rate = 0.05;
  FineTuner whole = started_on_two(task, options, pool);
  Bytes first_round;
  run(whole, task, [&] {
    if (first_round.empty() && whole.epochs().size() == 1) first_round = whole.round_file({}).value();
  });
  FineTuner resumed = started_on_two(task, options, pool);
  const Status taken = resumed.take_up(first_round);
  if (!taken) MESSAGE(taken.error().message);
  REQUIRE(taken.ok());
  run(resumed, task);
  CHECK(resumed.report().held_out_logits == whole.report().held_out_logits);
  CHECK(resumed.result().head.weights == whole.result().head.weights);
  REQUIRE(resumed.result().tensors.size() == whole.result().tensors.size());
  for (std::size_t i = 0; i < whole.result().tensors.size(); ++i) {
    CHECK(resumed.result().tensors[i].values == whole.result().tensors[i].values);
  }
}

namespace {

constexpr int kPerClass = 6;

// Every third picture is in the wrong class: the head alone is not right on all of them.
DrawnPicture picture_of(int at) {
  const int number = at % kPerClass;
  return draw((at / kPerClass + (number % 3 == 2 ? 1 : 0)) % 3, number);
}

std::vector<ClassId> teach_doubtful(Session& session) {
  std::vector<ClassId> ids;
  for (int at = 0; at < 3 * kPerClass; ++at) {
    if (at % kPerClass == 0)
      ids.push_back(session.samples().add_class("class " + std::to_string(ids.size())));
    REQUIRE(session.add_sample(ids.back(), picture_of(at).view(), {}).ok());
  }
  return ids;
}

// A session on two networks, fine-tuned from those pictures.
SessionReport fine_tune(Session& session, std::uint64_t seed) {
  TrainOptions head;
  head.features = named_maps(session.backbone().feature_blocks(), {"last"});
  head.fold_count = 1;
  REQUIRE(session.train_begin(head).ok());
  while (!session.train_step().value().done) continue;
  FineTuneOptions options = quick();
  options.seed = seed;
  options.epoch_count = 6;
  options.learning_rate = 0.005;
  REQUIRE(session.tune_begin(two_networks(), options, ViewUse::kNone).ok());
  for (bool done = false; !done;) {
    const WantedViews wanted = session.tune_wanted();
    for (std::size_t i = 0; i < wanted.views.size(); ++i) {
      const DrawnPicture picture = kept(session, picture_of(static_cast<int>(wanted.sample_ids[i]) - 1));
      REQUIRE(session.tune_supply(wanted.views[i], picture.view()).ok());
    }
    const auto progress = session.tune_step();
    REQUIRE(progress.ok());
    done = progress.value().done;
  }
  auto report = session.tune_finish(two_networks());
  if (!report) MESSAGE(report.error().message);
  REQUIRE(report.ok());
  return std::move(report).value();
}

}  // namespace

TEST_CASE("a head with trained layers of two networks answers, travels, explains and is exported") {
  const ComputePool pool = one_thread();
  Session session = open_session(two_networks(), pool);
  const std::vector<ClassId> ids = teach_doubtful(session);
  SessionReport report = fine_tune(session, 1);
  // Which pictures are held out decides whether the head alone is as good by chance.
  for (std::uint64_t seed = 2; !report.fine_tuning->better_than_head && seed < 20; ++seed) {
    report = fine_tune(session, seed);
  }
  REQUIRE(report.fine_tuning->better_than_head);
  CHECK(report.features == FeatureSet{"a.last", "b.last"});
  CHECK(report.fine_tuning->border == "a.blocks.15,b.blocks.0");
  CHECK(session.head_info().value().border == "a.blocks.15,b.blocks.0");
  CHECK(session.head_info().value().brings_layers);

  const Bytes file = session.export_head("").value();
  const Head head = read_head_file(file).value();
  CHECK(std::ranges::count_if(head.tensors, [](const auto& one) { return one.name.starts_with("a."); }) > 0);
  CHECK(std::ranges::count_if(head.tensors, [](const auto& one) { return one.name.starts_with("b."); }) > 0);
  Session other = open_session(two_networks(), pool);
  for (int kind = 0; kind < 3; ++kind) (void)other.samples().add_class("class " + std::to_string(kind));
  REQUIRE(other.read_head(file).ok());
  const Status adopted = other.adopt_head(ids, two_networks());
  if (!adopted) MESSAGE(adopted.error().message);
  REQUIRE(adopted.ok());
  CHECK(other.head_info().value().border == "a.blocks.15,b.blocks.0");

  check_says_the_same(session, other, two_networks(), head, ids[0], pool);

  // Layers of either network that were trained are shown as the person's own, those before as they came.
  const auto stages = session.look_inside(draw(0, 1).view(), {}, 4);
  REQUIRE(stages.ok());
  for (const StageMaps& stage : stages.value()) {
    CAPTURE(stage.map);
    const bool is_behind = stage.map == "a.blocks.16" || stage.map == "a.last" || stage.map == "b.blocks.1" ||
                           stage.map == "b.last";
    CHECK(stage.is_own == is_behind);
    CHECK_FALSE(stage.channels.empty());
  }
}
