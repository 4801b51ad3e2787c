// The threads that matrix products and the backbone share.
#pragma once

#include <cstddef>
#include <memory>

#include "headstart/status.h"

struct pthreadpool;

namespace headstart {

// Starts XNNPACK and keeps the worker threads. One for the whole program; it must outlive all that compute
// with it.
class ComputePool {
 public:
  // `thread_count` 1 computes on the calling thread alone. Fails with bad-argument below 1 or above 64,
  // with unsupported where the processor (or the WebAssembly build) lacks what XNNPACK needs.
  static Result<ComputePool> create(std::size_t thread_count);

  [[nodiscard]] std::size_t thread_count() const;

  // What XNNPACK wants: null with one thread. Valid as long as this object.
  pthreadpool* handle() const { return pool_.get(); }

 private:
  struct Destroy {
    void operator()(pthreadpool* pool) const;
  };
  std::unique_ptr<pthreadpool, Destroy> pool_;
};

}  // namespace headstart
