// "None of these" after a head has left: what tells it is in the file, and says the same elsewhere.
#include <doctest/doctest.h>

#include <algorithm>
#include <string>
#include <vector>

#include "headstart/head.h"
#include "headstart/session.h"
#include "support/session.h"

using namespace headstart;
using namespace headstart::test;

namespace {

using Bytes = std::vector<std::uint8_t>;

Bytes small_backbone() {
  return make_random_backbone({.width_multiplier = "0.1", .input_size_px = 96});
}

// A session that has never seen a picture, with a head from a file.
Session take_up(const Bytes& head, const Bytes& backbone, const ComputePool& pool) {
  Session session = open_session(backbone, pool);
  const auto info = session.read_head(head);
  if (!info) MESSAGE(info.error().message);
  REQUIRE(info.ok());
  std::vector<ClassId> ids;
  for (const std::string& label : info.value().labels) ids.push_back(session.samples().add_class(label));
  REQUIRE(session.adopt_head(ids, backbone).ok());
  return session;
}

// Of pictures of all kinds, some in no class.
std::vector<double> known_of(Session& session) {
  std::vector<double> known;
  for (int kind = 0; kind < 3; ++kind) {
    for (int number = 40; number < 44; ++number) {
      const auto ranking = ask(session, draw(kind, number, number % 2 == 0 ? 1280 : 480, 480));
      REQUIRE(ranking.ok());
      known.push_back(ranking.value().known);
    }
  }
  return known;
}

// Classes in another order are summed in another order.
void check_alike(const std::vector<double>& known, const std::vector<double>& own) {
  REQUIRE(known.size() == own.size());
  for (std::size_t i = 0; i < own.size(); ++i) CHECK(known[i] == doctest::Approx(own[i]).epsilon(1e-6));
}

Error refusal_of(const Head& head, const Bytes& backbone, const ComputePool& pool) {
  const auto bytes = write_head_file(head);
  REQUIRE(bytes.ok());
  Session session = open_session(backbone, pool);
  const auto info = session.read_head(bytes.value());
  if (!info) return info.error();
  std::vector<ClassId> ids;
  for (const std::string& label : info.value().labels) ids.push_back(session.samples().add_class(label));
  const Status adopted = session.adopt_head(ids, backbone);
  REQUIRE_FALSE(adopted.ok());
  CHECK(session.head_info().error().code == ErrorCode::kNotTrained);
  return adopted.error();
}

}  // namespace

TEST_CASE("a head tells none of these elsewhere as it does here, and again when it is sent on") {
  const ComputePool pool = one_thread();
  const Bytes backbone = small_backbone();
  for (const bool joined : {false, true}) {
    Session first = open_session(backbone, pool);
    teach(first, 8);
    TrainOptions options;
    if (joined) options.features = {"blocks.14", "blocks.16", "last"};
    REQUIRE(train(first, options).ok());
    const std::vector<double> own = known_of(first);
    CHECK(std::ranges::min(own) < 0.5);
    CHECK(std::ranges::max(own) > 0.5);
    const auto file = first.export_head("");
    REQUIRE(file.ok());
    Session second = take_up(file.value(), backbone, pool);
    CHECK(known_of(second) == own);
    CHECK(second.head_file().value() == file.value());
    Session third = take_up(second.export_head("").value(), backbone, pool);
    CHECK(known_of(third) == own);
  }
}

TEST_CASE("a head without one of its classes tells none of these as it did") {
  const ComputePool pool = one_thread();
  const Bytes backbone = small_backbone();
  for (std::size_t out = 0; out < 3; ++out) {
    Session first = open_session(backbone, pool);
    const std::vector<ClassId> ids = teach(first, 6, 3);
    REQUIRE(train(first).ok());
    const std::vector<double> with_all = known_of(first);
    REQUIRE(first.samples().set_class_enabled(ids[out], false).ok());
    const std::vector<double> own = known_of(first);
    CHECK(own != with_all);
    Session second = take_up(first.export_head("").value(), backbone, pool);
    check_alike(known_of(second), own);
    // And once more, from the head that never had the class.
    Session third = take_up(second.export_head("").value(), backbone, pool);
    check_alike(known_of(third), own);
    CHECK(third.head_info().value().labels.size() == 2);
  }
}

TEST_CASE("a head of few pictures has nothing to tell none of these by, and its file says nothing of it") {
  const ComputePool pool = one_thread();
  const Bytes backbone = small_backbone();
  Session first = open_session(backbone, pool);
  teach(first, 2);
  REQUIRE(train(first).ok());
  const auto file = first.export_head("");
  REQUIRE(file.ok());
  CHECK_FALSE(read_head_file(file.value()).value().known.has_value());
  Session second = take_up(file.value(), backbone, pool);
  CHECK(std::ranges::min(known_of(second)) == 1);
}

TEST_CASE("evidence that does not fit, or does not work together, is refused") {
  const ComputePool pool = one_thread();
  const Bytes backbone = small_backbone();
  Session session = open_session(backbone, pool);
  teach(session, 6);
  REQUIRE(train(session).ok());
  const Head good = read_head_file(session.head_file().value()).value();
  REQUIRE(good.known.has_value());

  Head other_map = good;
  other_map.known->features[0] = "blocks.2";
  CHECK(refusal_of(other_map, backbone, pool).message.find("the map \"blocks.2\" has") != std::string::npos);

  Head huge = good;
  for (float& value : huge.known->coordinates) value = value < 0 ? -3e38F : 3e38F;
  const Error error = refusal_of(huge, backbone, pool);
  CHECK(error.code == ErrorCode::kBadFile);
  CHECK(error.message == "the numbers by which this head tells \"none of these\" do not work together");

  Head gap = good;  // class 1 has no sample any more, class 2 has
  std::ranges::replace(gap.known->class_indices, 1U, 2U);
  CHECK(refusal_of(gap, backbone, pool).code == ErrorCode::kBadFile);

  Head fewer = good;
  std::ranges::replace(fewer.known->class_indices, 1U, 0U);
  CHECK(write_head_file(fewer).error().message.find("fewer classes") != std::string::npos);
}
