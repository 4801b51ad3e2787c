#include <doctest/doctest.h>

#include "headstart/compute.h"

using namespace headstart;

TEST_CASE("a compute pool of one thread needs no workers") {
  const auto pool = ComputePool::create(1);
  REQUIRE(pool.ok());
  CHECK(pool.value().thread_count() == 1);
  CHECK(pool.value().handle() == nullptr);
}

TEST_CASE("a compute pool has the threads that were asked for, or says that it cannot") {
  const auto pool = ComputePool::create(2);
  if (pool.ok()) {
    CHECK(pool.value().thread_count() == 2);
    CHECK(pool.value().handle() != nullptr);
  } else {
    CHECK(pool.error().code == ErrorCode::kUnsupported);  // WebAssembly without threads
  }
}

TEST_CASE("a compute pool refuses thread counts outside 1 to 64") {
  for (const std::size_t thread_count : {std::size_t{0}, std::size_t{65}}) {
    const auto pool = ComputePool::create(thread_count);
    REQUIRE_FALSE(pool.ok());
    CHECK(pool.error().code == ErrorCode::kBadArgument);
  }
}
