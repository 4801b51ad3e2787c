// What every network that was read must do, whatever its numbers are.
#pragma once

#include "edits.h"
#include "headstart/backbone.h"
#include "network/network.h"

namespace headstart::fuzz {

// In float32 and, as far as it can, in bytes: it is refused for what it computes, or it runs.
inline void require_run(const Network& network) {
  static const auto pool = ComputePool::create(1);
  require(pool.ok());
  for (const Precision precision : {Precision::kFloat32, Precision::kInt8}) {
    auto backbone = Backbone::from_network(network, {.precision = precision}, pool.value());
    if (!backbone) {
      const ErrorCode code = backbone.error().code;
      require(code == ErrorCode::kBadFile || code == ErrorCode::kUnsupported ||
              code == ErrorCode::kOutOfMemory);
      return;
    }
    require(backbone.value().run(1).ok());
  }
}

}  // namespace headstart::fuzz
