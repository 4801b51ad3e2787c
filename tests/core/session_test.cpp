#include "headstart/session.h"

#include <doctest/doctest.h>

#include <algorithm>
#include <string>
#include <vector>

#include "files/safetensors.h"
#include "head/labels.h"
#include "support/session.h"

using namespace headstart;
using namespace headstart::test;

namespace {

using Bytes = std::vector<std::uint8_t>;

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
  CHECK(read.value().known == own.value().known);
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
  CHECK(right_answers(session, ids) >= 6);  // a network of random weights
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
  REQUIRE(session.advice_add("nearest-mean").ok());
  run({});
  const auto usual = session.advice_add("head");
  REQUIRE(usual.ok());
  CHECK(usual.value().accuracy > 0.85);
  CHECK(session.advice_transfer("last").ok());
  run({});
  const auto unknown = session.advice_add("cut-after-99");
  CHECK(unknown.error().code == ErrorCode::kBadArgument);
  CHECK(unknown.error().message.find("'cut-after-16' to 'cut-after-0'") != std::string::npos);
  const auto advice = session.advice_finish();
  REQUIRE(advice.ok());
  CHECK((advice.value().recommended == "head" || advice.value().recommended == "nearest-mean"));

  session.advice_begin();
  run({});
  REQUIRE(session.add_sample(ids[0], draw(0, 90).view(), {}).ok());
  CHECK(session.advice_add("head").error().code == ErrorCode::kCancelled);
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

TEST_CASE("a class that comes back answers again, in the head, the answers and the file alike") {
  const ComputePool pool = one_thread();
  Session session = open_session(small_backbone(), pool);
  const std::vector<ClassId> ids = teach(session, 4, 3);
  REQUIRE(train(session).ok());
  const std::vector<SampleId> gone = session.samples().samples_of(ids[1]).value();
  REQUIRE(session.samples().remove_class(ids[1]).ok());
  CHECK(ask(session, draw(1, 60)).value().class_ids.size() == 2);
  REQUIRE(session.samples().add_class(ids[1], "kind 1").ok());
  REQUIRE(session.samples().move_class(ids[1], 1).ok());
  for (const SampleId id : gone) REQUIRE(session.samples().restore_sample(id, ids[1]).ok());
  CHECK(session.head_info().value().class_ids == ids);
  CHECK(ask(session, draw(1, 60)).value().class_ids == ids);
  const auto file = session.export_head("");
  REQUIRE(file.ok());
  CHECK(read_head_file(file.value()).value().labels.size() == 3);
}

namespace {

// A session with a head, and what it answers to one picture.
struct Taught {
  ComputePool pool = one_thread();
  Bytes file = small_backbone();
  Session session = open_session(file, pool);
  std::vector<ClassId> ids = teach(session, 4);
  float before = 0;

  Taught() {
    REQUIRE(train(session).ok());
    before = answer();
  }
  float answer() { return probability_of(ask(session, draw(1, 70)).value(), ids[1]); }
  Head head() { return read_head_file(session.head_file().value()).value(); }
};

Error refusal_of(Taught& taught, const Head& head) {
  const auto bytes = write_head_file(head);
  REQUIRE(bytes.ok());
  const auto read = taught.session.read_head(bytes.value());
  REQUIRE_FALSE(read.ok());
  CHECK(taught.session.adopt_head(taught.ids, {}).error().code == ErrorCode::kInternal);
  CHECK(taught.answer() == taught.before);
  return read.error();
}

}  // namespace

TEST_CASE("a head that is refused leaves everything as it was") {
  Taught taught;
  Head one_class = taught.head();
  one_class.labels.resize(1);
  one_class.biases.resize(1);
  one_class.weights.resize(one_class.feature_count);
  CHECK(refusal_of(taught, one_class).code == ErrorCode::kBadFile);
  Head blank = taught.head();
  blank.labels[1] = "\u202e \u00a0";
  CHECK(refusal_of(taught, blank).message == "class 2 of this head has no name");
  Head overflowing = taught.head();
  std::ranges::fill(overflowing.weights, 3e38F);
  CHECK(refusal_of(taught, overflowing).code == ErrorCode::kBadFile);
  Head other = taught.head();
  other.input_size = "224";
  CHECK(refusal_of(taught, other).code == ErrorCode::kBadFile);
}

TEST_CASE("a head is taken up while one of its classes is disabled") {
  Taught taught;
  REQUIRE(taught.session.samples().set_class_enabled(taught.ids[0], false).ok());
  const Bytes file = taught.session.head_file().value();
  REQUIRE(taught.session.read_head(file).ok());
  REQUIRE(taught.session.adopt_head(taught.ids, {}).ok());
  REQUIRE(taught.session.samples().set_class_enabled(taught.ids[0], true).ok());
  CHECK(taught.answer() == taught.before);
}

TEST_CASE("a training that runs away says so and leaves the old head at work") {
  Taught taught;
  const auto report = train(taught.session, {.head = HeadKind::kMlp, .learning_rate = 1e300});
  REQUIRE_FALSE(report.ok());
  CHECK(report.error().code == ErrorCode::kBadArgument);
  CHECK(taught.answer() == taught.before);
}

TEST_CASE("a plain head is made beside the one at work, and says how its answers differ") {
  Taught taught;
  Session& session = taught.session;
  CHECK(session.plain_head("").error().code == ErrorCode::kInternal);
  const auto run = [&](HeadKind kind) {
    REQUIRE(session.train_begin({.head = kind, .fold_count = 3}).ok());
    while (!session.train_step().value().done) continue;
  };
  run(HeadKind::kDiscriminant);
  REQUIRE(session.train_set_aside().ok());
  run(HeadKind::kDiscriminant);
  CHECK(session.plain_head("").error().code == ErrorCode::kBadArgument);
  run(HeadKind::kLogistic);
  const auto plain = session.plain_head("today");
  REQUIRE(plain.ok());
  const Head head = read_head_file(plain.value().file).value();
  CHECK(head.transform == FeatureTransform::kNone);
  CHECK(head.date == "today");
  CHECK(head.known.has_value() == taught.head().known.has_value());
  CHECK(plain.value().changes.picture_count == session.samples().training_set().sample_ids.size());
  CHECK(plain.value().changes.mean_difference > 0);
  CHECK(taught.answer() == taught.before);
  CHECK(session.plain_head("").error().code == ErrorCode::kInternal);
}

TEST_CASE("pictures that are all alike are said to be, whatever is trained on them") {
  const ComputePool pool = one_thread();
  Session session = open_session(small_backbone(), pool);
  const DrawnPicture black{Bytes(std::size_t{640} * 480 * 4, 0), 640, 480};
  for (const char* name : {"a", "b"}) {
    const ClassId id = session.samples().add_class(name);
    for (int i = 0; i < 5; ++i) REQUIRE(session.add_sample(id, black.view(), {}).ok());
  }
  for (const HeadKind kind :
       {HeadKind::kLogistic, HeadKind::kNearestMean, HeadKind::kDiscriminant, HeadKind::kMlp}) {
    const auto report = train(session, {.head = kind});
    REQUIRE_FALSE(report.ok());
    CHECK(report.error().code == ErrorCode::kTooFewSamples);
    CHECK(report.error().message.find("look the same") != std::string::npos);
  }
  const auto ranking = ask(session, black);
  if (ranking.ok()) {
    for (const float probability : ranking.value().probabilities) CHECK(probability == doctest::Approx(0.5));
  } else {
    CHECK(ranking.error().code == ErrorCode::kTooFewSamples);
  }
}

TEST_CASE("a backbone whose finite weights overflow on the way is refused when it is opened") {
  Bytes file = small_backbone();
  const auto parsed = SafetensorsView::parse(file);
  REQUIRE(parsed.ok());
  const TensorView* tensor = parsed.value().find("last.weight");
  REQUIRE(tensor != nullptr);
  SafetensorsWriter writer;
  for (const auto& [key, value] :
       backbone_metadata({.width_multiplier = "0.1", .input_size_px = 96}, mobilenet_v2(0.1, 96)))
    writer.set_metadata(key, value);
  for (const TensorView& one : parsed.value().tensors()) {
    std::vector<float> values(one.element_count());
    REQUIRE(read_floats(one, values).ok());
    if (one.name == "blocks.3.project.weight") std::ranges::fill(values, 3e38F);
    writer.add_f32(one.name, one.shape, values);
  }
  const ComputePool pool = one_thread();
  const auto session = Session::open(writer.finish(), 0, pool);
  REQUIRE_FALSE(session.ok());
  CHECK(session.error().code == ErrorCode::kBadFile);
}

TEST_CASE("labels from a file are cleaned for display") {
  CHECK(clean_label("  rock\n") == "rock");
  CHECK(clean_label(std::string_view("ro\0ck", 5)) == "rock");
  CHECK(clean_label("\u202egnp.kcor\u202c") == "gnp.kcor");
  CHECK(clean_label("グー 1") == "グー 1");
  CHECK(clean_label("\u2066\u00a0\u3000").empty());
}
