#include <doctest/doctest.h>
#include <pthreadpool.h>

#include <algorithm>
#include <cstdint>
#include <vector>

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

TEST_CASE("a compute pool does each item of each job once, whichever of its threads come") {
  constexpr std::size_t kMostItems = 300;
  for (const std::size_t thread_count : {std::size_t{2}, std::size_t{4}}) {
    const auto pool = ComputePool::create(thread_count);
    if (!pool.ok()) continue;  // WebAssembly without threads
    std::vector<int> counts(kMostItems, 0);
    std::vector<int> expected(kMostItems, 0);
    // Small jobs close together, as the operators of a network are; the last of a frame lets the workers
    // sleep.
    for (std::size_t job = 0; job < 2000; ++job) {
      const std::size_t item_count = 1 + job * 37 % kMostItems;
      const std::uint32_t flags = job % 60 == 59 ? PTHREADPOOL_FLAG_YIELD_WORKERS : 0;
      pthreadpool_parallelize_1d(
          pool.value().handle(),
          [](void* context, std::size_t item) { ++(*static_cast<std::vector<int>*>(context))[item]; },
          &counts, item_count, flags);
      std::for_each_n(expected.begin(), item_count, [](int& count) { ++count; });
    }
    CHECK(counts == expected);
  }
}
