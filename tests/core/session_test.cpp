#include "headstart/session.h"

#include <doctest/doctest.h>

#include <algorithm>
#include <string>
#include <vector>

#include "support/session.h"

using namespace headstart;
using namespace headstart::test;

namespace {

using Bytes = std::vector<std::uint8_t>;

ComputePool one_thread() {
  auto pool = ComputePool::create(1);
  REQUIRE(pool.ok());
  return std::move(pool).value();
}

Bytes small_backbone() {
  return make_random_backbone({.width_multiplier = "0.1", .input_size_px = 96});
}

float probability_of(const Ranking& ranking, ClassId id) {
  const auto at = std::ranges::find(ranking.class_ids, id);
  REQUIRE(at != ranking.class_ids.end());
  return ranking.probabilities[static_cast<std::size_t>(at - ranking.class_ids.begin())];
}

// How many of ten fresh pictures of two kinds it gets right.
int right_answers(Session& session, const std::vector<ClassId>& ids) {
  int right = 0;
  for (int number = 100; number < 105; ++number) {
    for (int kind = 0; kind < 2; ++kind) {
      const auto ranking = ask(session, draw(kind, number));
      REQUIRE(ranking.ok());
      right += probability_of(ranking.value(), ids[static_cast<std::size_t>(kind)]) > 0.5F ? 1 : 0;
    }
  }
  return right;
}

}  // namespace

TEST_CASE("a session answers from class means before anything is trained, and says so") {
  const ComputePool pool = one_thread();
  Session session = open_session(small_backbone(), pool);
  CHECK(ask(session, draw(0, 0)).error().code == ErrorCode::kNotTrained);
  const std::vector<ClassId> ids = teach(session, 3);
  const auto ranking = ask(session, draw(1, 50));
  REQUIRE(ranking.ok());
  CHECK_FALSE(ranking.value().trained);
  CHECK(ranking.value().kind == HeadKind::kNearestMean);
  CHECK(probability_of(ranking.value(), ids[1]) > 0.5F);
}

TEST_CASE("a session trains a head, measures it and answers with it") {
  const ComputePool pool = one_thread();
  Session session = open_session(small_backbone(), pool);
  const std::vector<ClassId> ids = teach(session, 8);
  const auto report = train(session);
  REQUIRE(report.ok());
  CHECK(report.value().measured);
  CHECK(report.value().sample_count == 16);
  CHECK(report.value().held_out_class_indices.size() == report.value().held_out_rows.size());
  CHECK(report.value().metrics.accuracy > 0.85);
  CHECK(right_answers(session, ids) >= 9);
  const auto info = session.head_info();
  REQUIRE(info.ok());
  CHECK(info.value().class_ids == ids);
  CHECK(info.value().labels == std::vector<std::string>{"kind 0", "kind 1"});
}

TEST_CASE("an exported head answers the same in another session, whose classes it brings") {
  const ComputePool pool = one_thread();
  const Bytes file = small_backbone();
  Session first = open_session(file, pool);
  const std::vector<ClassId> ids = teach(first, 6);
  REQUIRE(train(first).ok());
  const auto bytes = first.export_head("2026-01-01");
  REQUIRE(bytes.ok());

  Session second = open_session(file, pool);
  const auto info = second.read_head(bytes.value());
  REQUIRE(info.ok());
  CHECK(info.value().labels == std::vector<std::string>{"kind 0", "kind 1"});
  std::vector<ClassId> adopted;
  for (const std::string& label : info.value().labels) adopted.push_back(second.samples().add_class(label));
  REQUIRE(second.adopt_head(adopted, {}).ok());
  const DrawnPicture picture = draw(1, 77, 1280, 720);
  const auto own = ask(first, picture);
  const auto read = ask(second, picture);
  REQUIRE(own.ok());
  REQUIRE(read.ok());
  CHECK(read.value().trained);
  CHECK(read.value().known == 1);  // no pictures to judge by
  CHECK(probability_of(read.value(), adopted[1]) == probability_of(own.value(), ids[1]));
}

TEST_CASE("a removed class leaves the answers, and the head with fewer than two classes stands back") {
  const ComputePool pool = one_thread();
  Session session = open_session(small_backbone(), pool);
  const std::vector<ClassId> ids = teach(session, 5, 3);
  REQUIRE(train(session).ok());
  REQUIRE(session.samples().remove_class(ids[0]).ok());
  const auto ranking = ask(session, draw(1, 60));
  REQUIRE(ranking.ok());
  CHECK(ranking.value().class_ids == std::vector<ClassId>{ids[1], ids[2]});
  CHECK(ranking.value().trained);
  REQUIRE(session.samples().set_class_enabled(ids[1], false).ok());
  CHECK(ask(session, draw(1, 60)).error().code == ErrorCode::kNotTrained);
  CHECK(session.export_head("").error().code == ErrorCode::kNotTrained);
}

TEST_CASE("a session fine-tunes from kept pictures, after pictures of many sizes") {
  const ComputePool pool = one_thread();
  const Bytes file = small_backbone();
  Session session = open_session(file, pool);
  const std::vector<ClassId> ids = teach(session, 6);
  const auto id_at = [&](SampleId id) { return static_cast<int>(id) - 1; };
  const auto picture_of = [&](SampleId id) { return kept(session, draw(id_at(id) / 6, id_at(id) % 6)); };
  REQUIRE(session.train_begin({.fold_count = 1}).ok());
  while (!session.train_step().value().done) continue;
  FineTuneOptions options;
  options.part = TrainedPart::kLastConvolution;
  options.epoch_count = 2;
  const auto estimate = session.tune_begin(file, options, ViewUse::kNone);
  REQUIRE(estimate.ok());
  CHECK(estimate.value().view_count == 12);
  CHECK(estimate.value().border == "blocks.16");
  for (bool done = false; !done;) {
    const WantedViews wanted = session.tune_wanted();
    for (std::size_t i = 0; i < wanted.views.size(); ++i) {
      const DrawnPicture picture = picture_of(wanted.sample_ids[i]);
      REQUIRE(session.tune_supply(wanted.views[i], picture.view()).ok());
    }
    const auto progress = session.tune_step();
    REQUIRE(progress.ok());
    done = progress.value().done;
  }
  const auto report = session.tune_finish(file);
  REQUIRE(report.ok());
  REQUIRE(report.value().fine_tuning.has_value());
  CHECK(report.value().fine_tuning->held_out_picture_count > 0);
  CHECK(right_answers(session, ids) >= 8);
}

TEST_CASE("advice measures candidates one after another and ends when a picture comes") {
  const ComputePool pool = one_thread();
  Session session = open_session(small_backbone(), pool);
  const std::vector<ClassId> ids = teach(session, 8);
  const auto run = [&](const TrainOptions& options) {
    REQUIRE(session.train_begin(options).ok());
    while (!session.train_step().value().done) continue;
  };
  session.advice_begin();
  run({.head = HeadKind::kNearestMean});
  REQUIRE(session.advice_add("nearest-mean", 0).ok());
  run({});
  const auto usual = session.advice_add("head", 1);
  REQUIRE(usual.ok());
  CHECK(usual.value().accuracy > 0.85);
  CHECK(session.advice_transfer("last").ok());
  const auto advice = session.advice_finish();
  REQUIRE(advice.ok());
  CHECK((advice.value().recommended == "head" || advice.value().recommended == "nearest-mean"));

  session.advice_begin();
  run({});
  REQUIRE(session.add_sample(ids[0], draw(0, 90).view(), {}).ok());
  CHECK(session.advice_add("head", 0).error().code == ErrorCode::kCancelled);
}

TEST_CASE("the views of a sample are put into the store when the last one has come") {
  const ComputePool pool = one_thread();
  Session session = open_session(small_backbone(), pool);
  teach(session, 2);
  const SampleId first = session.samples().missing_views().front();
  const DrawnPicture picture = kept(session, draw(0, 0));
  CHECK(session.add_view(first, 1, picture.view()).error().code == ErrorCode::kInternal);
  for (std::uint32_t view = 0; view < views().size(); ++view) {
    CHECK(session.samples().missing_views().size() == 4);
    REQUIRE(session.add_view(first, view, picture.view()).ok());
  }
  CHECK(session.samples().missing_views().size() == 3);
}

TEST_CASE("a run of training is gone once it is cancelled, and the head in use stays") {
  const ComputePool pool = one_thread();
  Session session = open_session(small_backbone(), pool);
  const std::vector<ClassId> ids = teach(session, 4);
  REQUIRE(train(session).ok());
  const float before = probability_of(ask(session, draw(1, 70)).value(), ids[1]);
  REQUIRE(session.train_begin({.head = HeadKind::kMlp}).ok());
  REQUIRE(session.train_step().ok());
  session.train_cancel();
  CHECK(session.train_finish().error().code == ErrorCode::kInternal);
  CHECK(probability_of(ask(session, draw(1, 70)).value(), ids[1]) == before);
}
