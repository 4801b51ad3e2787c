#include <doctest/doctest.h>

#include <memory>
#include <set>
#include <string>

#include "headstart/headstart.h"

using namespace headstart;

namespace {

Result<std::unique_ptr<int>> half_of(int number) {
  if (number % 2 != 0) return bad_argument("expected an even number, got " + std::to_string(number));
  return std::make_unique<int>(number / 2);
}

}  // namespace

TEST_CASE("every error code has a word of its own, as JavaScript sees it") {
  std::set<std::string> words;
  for (int code = 0; code <= static_cast<int>(ErrorCode::kInternal); ++code) {
    words.insert(error_code_name(static_cast<ErrorCode>(code)));
  }
  CHECK(words == std::set<std::string>{"bad-argument", "bad-file", "bad-version", "too-few-samples",
                                       "not-trained", "cancelled", "unavailable", "unsupported",
                                       "out-of-memory", "internal"});
}

TEST_CASE("a result holds either its value, movable out, or its error") {
  auto four = half_of(8);
  REQUIRE(four.ok());
  const std::unique_ptr<int> taken = std::move(four).value();
  CHECK(*taken == 4);

  const auto odd = half_of(7);
  CHECK_FALSE(odd.ok());
  CHECK(odd.error().code == ErrorCode::kBadArgument);
  CHECK(odd.error().message == "expected an even number, got 7");
}

TEST_CASE("a status is success until it is given an error") {
  CHECK(Status().ok());
  CHECK_FALSE(Status(cancelled("stopped")).ok());
}
