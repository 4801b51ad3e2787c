#include "headstart/compute.h"

#include <pthreadpool.h>
#include <xnnpack.h>

#include <string>

namespace headstart {
namespace {

constexpr std::size_t kMostThreads = 64;

}  // namespace

void ComputePool::Destroy::operator()(pthreadpool* pool) const {
  pthreadpool_destroy(pool);
}

Result<ComputePool> ComputePool::create(std::size_t thread_count) {
  if (thread_count < 1 || thread_count > kMostThreads) {
    return bad_argument("the number of threads must be from 1 to " + std::to_string(kMostThreads) + ", got " +
                        std::to_string(thread_count));
  }
  // Idempotent; XNNPACK keeps no state that would have to be given back.
  const xnn_status started = xnn_initialize(nullptr);
  if (started == xnn_status_out_of_memory) {
    return out_of_memory("there is not enough memory to start the network engine");
  }
  if (started != xnn_status_success) {
    return unsupported("this processor lacks the vector instructions that the network engine needs");
  }
  ComputePool pool;
  if (thread_count == 1) return pool;
  pool.pool_.reset(pthreadpool_create(thread_count));
  // pthreadpool built without threads answers null, or a pool of one.
  if (pool.pool_ == nullptr || pthreadpool_get_threads_count(pool.pool_.get()) != thread_count) {
    return unsupported("this program cannot start " + std::to_string(thread_count) + " threads; ask for 1");
  }
  return pool;
}

std::size_t ComputePool::thread_count() const {
  return pool_ == nullptr ? 1 : pthreadpool_get_threads_count(pool_.get());
}

}  // namespace headstart
