// Loops over the pool's threads, cut the same way whatever the number of threads.
#pragma once

#include <pthreadpool.h>

#include <cstddef>

namespace headstart {

// Calls body(index) for each index below `count`, on any thread, in any order. The bodies must not touch
// each other's results: then the numbers do not depend on how many threads there are. A null pool runs them
// here, one after another.
template <typename Body>
void parallel_for(pthreadpool* pool, std::size_t count, const Body& body) {
  if (count == 0) return;
  pthreadpool_parallelize_1d(
      pool, [](void* context, std::size_t index) { (*static_cast<const Body*>(context))(index); },
      const_cast<void*>(static_cast<const void*>(&body)), count, 0);
}

// Calls body(begin, end) for neighbouring ranges of at most `range_size` that cover 0…count.
template <typename Body>
void parallel_ranges(pthreadpool* pool, std::size_t count, std::size_t range_size, const Body& body) {
  parallel_for(pool, (count + range_size - 1) / range_size, [&](std::size_t index) {
    const std::size_t begin = index * range_size;
    body(begin, begin + range_size < count ? begin + range_size : count);
  });
}

}  // namespace headstart
