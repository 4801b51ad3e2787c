// Where the answer looks, and which of the own pictures are like the one that is shown.
#include "headstart/attention.h"

#include <doctest/doctest.h>

#include <algorithm>
#include <cmath>
#include <numeric>
#include <vector>

#include "support/session.h"

using namespace headstart;
using namespace headstart::test;

namespace {

using Bytes = std::vector<std::uint8_t>;

// The left half shows one kind and the right half another.
DrawnPicture halves(int left, int right, int number) {
  DrawnPicture picture = draw(left, number);
  const DrawnPicture other = draw(right, number + 500);
  for (std::int32_t y = 0; y < picture.height_px; ++y) {
    const auto begin = static_cast<std::size_t>(y * picture.width_px + picture.width_px / 2) * 4;
    const auto count = static_cast<std::size_t>(picture.width_px / 2) * 4;
    std::copy_n(other.rgba.begin() + static_cast<std::ptrdiff_t>(begin), count,
                picture.rgba.begin() + static_cast<std::ptrdiff_t>(begin));
  }
  return picture;
}

double probability_at(const Ranking& ranking, std::size_t row) {
  return static_cast<double>(ranking.probabilities[row]);
}

double sum_of(const Attention& attention) {
  return std::accumulate(attention.values.begin(), attention.values.end(), 0.0);
}

// What the columns left of the middle say less what those right of it say.
double leaning(const Attention& attention) {
  double sum = 0;
  for (std::size_t i = 0; i < attention.values.size(); ++i) {
    const std::size_t twice = 2 * (i % attention.width) + 1;
    const int side = twice < attention.width ? 1 : twice > attention.width ? -1 : 0;
    sum += side * static_cast<double>(attention.values[i]);
  }
  return sum;
}

// The maps of all classes sum to their logits, and these are the answer.
void check_adds_up(Session& session, const std::vector<ClassId>& ids, const DrawnPicture& picture) {
  const auto plain = ask(session, picture);
  REQUIRE(plain.ok());
  REQUIRE(session.embed_for_attention(picture.view(), {}).ok());
  const auto ranking = session.rank();
  REQUIRE(ranking.ok());
  double total = 0;
  std::vector<double> parts;
  for (std::size_t i = 0; i < ids.size(); ++i) {
    const auto attention = session.attention(ids[i]);
    REQUIRE(attention.ok());
    CHECK(attention.value().class_id == ids[i]);
    CHECK(attention.value().values.size() == attention.value().width * attention.value().height);
    const double logit = attention.value().logit;
    CHECK(sum_of(attention.value()) + attention.value().bias == doctest::Approx(logit).epsilon(1e-4));
    parts.push_back(std::exp(logit));
    total += parts.back();
  }
  for (std::size_t i = 0; i < ids.size(); ++i) {
    CHECK(parts[i] / total == doctest::Approx(probability_at(ranking.value(), i)).epsilon(1e-3));
    CHECK(probability_at(ranking.value(), i) ==
          doctest::Approx(probability_at(plain.value(), i)).epsilon(1e-4));
  }
  CHECK(ranking.value().known == doctest::Approx(plain.value().known).epsilon(1e-4));
}

}  // namespace

TEST_CASE("what the places say sums to the answer, whatever the head and whatever it reads") {
  const ComputePool pool = one_thread();
  Session session =
      open_session(make_random_backbone({.width_multiplier = "0.1", .input_size_px = 96}), pool);
  const std::vector<ClassId> ids = teach(session, 6, 3);
  check_adds_up(session, ids, draw(1, 70));  // class means
  TrainOptions options;
  for (const HeadKind kind :
       {HeadKind::kLogistic, HeadKind::kNearestMean, HeadKind::kDiscriminant, HeadKind::kMlp}) {
    CAPTURE(static_cast<int>(kind));
    options = {.head = kind, .fold_count = 1};
    const auto trained = train(session, options);
    if (!trained) MESSAGE(trained.error().message);
    REQUIRE(trained.ok());
    check_adds_up(session, ids, draw(2, 71, 1280, 720));
  }
  add_views(session, 6, ids);
  options = {.head = HeadKind::kDiscriminant,
             .features = {"blocks.5", "blocks.14", "blocks.14:deviation", "last"},
             .views = ViewUse::kAll,
             .second_look = SecondLook::kMirrored,
             .fold_count = 1};
  const auto joined = train(session, options);
  if (!joined) MESSAGE(joined.error().message);
  REQUIRE(joined.ok());
  check_adds_up(session, ids, draw(0, 72));
  check_adds_up(session, ids, halves(0, 1, 73));
}

TEST_CASE("the map points to the half of the picture in which the class is") {
  const ComputePool pool = one_thread();
  Session session =
      open_session(make_random_backbone({.width_multiplier = "0.35", .input_size_px = 224}), pool);
  const std::vector<ClassId> ids = teach(session, 6);
  add_views(session, 6, ids);
  for (const SecondLook look : {SecondLook::kNo, SecondLook::kMirrored}) {
    REQUIRE(train(session, {.views = ViewUse::kAll, .second_look = look, .fold_count = 1}).ok());
    const auto leans = [&](int left, int right, int number, Mirror mirror, ClassId id) {
      PrepareOptions way;
      way.mirror = mirror;
      REQUIRE(session.embed_for_attention(halves(left, right, number).view(), way).ok());
      return leaning(session.attention(id).value());
    };
    // Weights that were drawn by chance lean to one side of any picture: what counts is which way it goes.
    for (int number = 80; number < 84; ++number) {
      const double there = leans(0, 1, number, Mirror::kNo, ids[0]);
      const double elsewhere = leans(1, 0, number, Mirror::kNo, ids[0]);
      CHECK(there > elsewhere + 0.5);
      CHECK(leans(0, 1, number, Mirror::kNo, ids[1]) < leans(1, 0, number, Mirror::kNo, ids[1]) - 0.5);
      CHECK(leans(0, 1, number, Mirror::kYes, ids[0]) < leans(1, 0, number, Mirror::kYes, ids[0]) - 0.5);
    }
  }
}

TEST_CASE("the finer map has twice as many places across, and leaves the answer as it is") {
  const ComputePool pool = one_thread();
  Session session =
      open_session(make_random_backbone({.width_multiplier = "0.1", .input_size_px = 96}), pool);
  const std::vector<ClassId> ids = teach(session, 6, 3);
  add_views(session, 6, ids);
  for (const SecondLook look : {SecondLook::kNo, SecondLook::kMirrored}) {
    REQUIRE(
        train(
            session,
            {.features = {"blocks.14", "last"}, .views = ViewUse::kAll, .second_look = look, .fold_count = 1})
            .ok());
    const DrawnPicture picture = draw(1, 74);
    const Ranking plain = ask(session, picture).value();
    REQUIRE(session.embed_for_attention(picture.view(), {}, AttentionGrid::kFiner).ok());
    CHECK(session.rank().value().probabilities == plain.probabilities);
    CHECK(session.rank().value().known == plain.known);
    const Attention finer = session.attention(ids[1]).value();
    CHECK(finer.width == 6);
    CHECK(finer.height == 6);
    CHECK(sum_of(finer) + finer.bias == doctest::Approx(finer.logit).epsilon(1e-4));
    CHECK(session.similar_samples(1).front().class_id == ids[1]);
    REQUIRE(session.embed_for_attention(picture.view(), {}).ok());
    CHECK(session.attention(ids[1]).value().width == 3);
  }
  Session large = open_session(make_random_backbone({.width_multiplier = "0.1", .input_size_px = 192}), pool);
  const std::vector<ClassId> others = teach(large, 3);
  REQUIRE(large.embed_for_attention(draw(0, 1).view(), {}, AttentionGrid::kFiner).ok());
  CHECK(large.attention(others[0]).value().width == 6);
}

TEST_CASE("a network that was tuned says where it looks as exactly") {
  const ComputePool pool = one_thread();
  const Bytes file = make_random_backbone({.width_multiplier = "0.1", .input_size_px = 96});
  for (const TrainedPart part : {TrainedPart::kLastConvolution, TrainedPart::kCut}) {
    CAPTURE(static_cast<int>(part));
    Session session = open_session(file, pool);
    const std::vector<ClassId> ids = teach(session, 5);
    REQUIRE(session.train_begin({.fold_count = 1}).ok());
    while (!session.train_step().value().done) continue;
    FineTuneOptions options;
    options.part = part;
    options.epoch_count = 1;
    REQUIRE(session.tune_begin(file, options, ViewUse::kNone).ok());
    for (bool done = false; !done;) {
      const WantedViews wanted = session.tune_wanted();
      for (std::size_t i = 0; i < wanted.views.size(); ++i) {
        const int at = static_cast<int>(wanted.sample_ids[i]) - 1;
        const DrawnPicture picture = kept(session, draw(at / 5, at % 5));
        REQUIRE(session.tune_supply(wanted.views[i], picture.view()).ok());
      }
      const auto progress = session.tune_step();
      REQUIRE(progress.ok());
      done = progress.value().done;
    }
    REQUIRE(session.tune_finish(file).ok());
    check_adds_up(session, ids, draw(1, 90));
    REQUIRE(session.embed_for_attention(draw(1, 90).view(), {}, AttentionGrid::kFiner).ok());
    // Where tuning did not help, the head alone was kept, on the network as it came.
    const bool is_tuned = session.head_info().value().brings_layers;
    CHECK(session.attention(ids[0]).value().width == (is_tuned ? 3 : 6));
  }
}

TEST_CASE("attention asks for a picture first, and for a class that answers") {
  const ComputePool pool = one_thread();
  Session session =
      open_session(make_random_backbone({.width_multiplier = "0.1", .input_size_px = 96}), pool);
  CHECK(session.embed_for_attention(draw(0, 1).view(), {}).error().code == ErrorCode::kNotTrained);
  const std::vector<ClassId> ids = teach(session, 3, 3);
  REQUIRE(ask(session, draw(0, 1)).ok());
  CHECK(session.attention(ids[0]).error().code == ErrorCode::kInternal);
  REQUIRE(session.embed_for_attention(draw(0, 1).view(), {}).ok());
  CHECK(session.attention(ClassId{77}).error().code == ErrorCode::kBadArgument);
  REQUIRE(session.samples().set_class_enabled(ids[2], false).ok());
  CHECK(session.attention(ids[2]).error().code == ErrorCode::kBadArgument);
}

TEST_CASE("the samples that are most like a picture come first, of classes that are in") {
  const ComputePool pool = one_thread();
  Session session =
      open_session(make_random_backbone({.width_multiplier = "0.1", .input_size_px = 96}), pool);
  const std::vector<ClassId> ids = teach(session, 6, 3);
  REQUIRE(session.embed_for_attention(draw(1, 3).view(), {}).ok());
  const std::vector<SimilarSample> own = session.similar_samples(3);
  REQUIRE(own.size() == 3);
  CHECK(own[0].id == session.samples().samples_of(ids[1]).value()[3]);
  CHECK(own[0].similarity > 0.999F);
  for (const SimilarSample& sample : own) CHECK(sample.class_id == ids[1]);
  CHECK(own[0].similarity >= own[1].similarity);
  CHECK(own[1].similarity >= own[2].similarity);
  REQUIRE(session.samples().set_class_enabled(ids[1], false).ok());
  for (const SimilarSample& sample : session.similar_samples(100)) CHECK(sample.class_id != ids[1]);
  CHECK(session.similar_samples(100).size() == 12);
}

TEST_CASE("a session draws the pictures of enabled classes") {
  const ComputePool pool = one_thread();
  Session session =
      open_session(make_random_backbone({.width_multiplier = "0.1", .input_size_px = 96}), pool);
  const std::vector<ClassId> ids = teach(session, 4, 3);
  const Result<SampleMap> map = session.picture_map();
  REQUIRE(map.ok());
  CHECK(map.value().sample_ids.size() == 12);
  CHECK(map.value().positions.size() == 24);
  for (std::size_t i = 0; i < 12; ++i) {
    CHECK(map.value().class_ids[i] == session.samples().class_of(map.value().sample_ids[i]).value());
    CHECK(map.value().twin_ids[i] <= map.value().sample_ids[i]);
  }
  REQUIRE(session.samples().set_class_enabled(ids[1], false).ok());
  const Result<SampleMap> fewer = session.picture_map();
  REQUIRE(fewer.ok());
  CHECK(fewer.value().sample_ids.size() == 8);
  for (const ClassId id : fewer.value().class_ids) CHECK(id != ids[1]);
}
