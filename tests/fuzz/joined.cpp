// Two networks in one file, with changes, or any bytes: refused, or a network that runs.
#include <array>
#include <cstddef>
#include <cstdint>

#include "edits.h"
#include "headstart/backbone.h"
#include "network/network_file.h"
#include "support/tflite_networks.h"

using namespace headstart;
using fuzz::Bytes;
using fuzz::require;

namespace {

Bytes two_networks() {
  const Bytes first = test::v3_network(32, 1).file();
  const Bytes second = test::v3_network(32, 2).file();
  const std::array<std::span<const std::uint8_t>, 2> files = {first, second};
  return joined_file(files);
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  static const auto pool = ComputePool::create(1);
  require(pool.ok());
  static const std::array<Bytes, 1> files = {two_networks()};
  const auto network = read_network(fuzz::edited(files, {data, size}));
  if (!network) {
    const ErrorCode code = network.error().code;
    require(code == ErrorCode::kBadFile || code == ErrorCode::kBadVersion || code == ErrorCode::kUnsupported);
    return 0;
  }
  auto backbone = Backbone::from_network(network.value(), {}, pool.value());
  if (!backbone) {
    const ErrorCode code = backbone.error().code;
    require(code == ErrorCode::kBadFile || code == ErrorCode::kUnsupported ||
            code == ErrorCode::kOutOfMemory);
    return 0;
  }
  require(backbone.value().run(1).ok());
  return 0;
}
