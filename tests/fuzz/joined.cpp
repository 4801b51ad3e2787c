// Two networks in one file, with changes, or any bytes: refused, or a network that runs.
#include <array>
#include <cstddef>
#include <cstdint>

#include "edits.h"
#include "headstart/network.h"
#include "network/network_file.h"
#include "running.h"
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
  static const std::array<Bytes, 1> files = {two_networks()};
  const auto network = read_network(fuzz::edited(files, {data, size}));
  if (!network) {
    const ErrorCode code = network.error().code;
    require(code == ErrorCode::kBadFile || code == ErrorCode::kBadVersion || code == ErrorCode::kUnsupported);
    return 0;
  }
  fuzz::require_run(network.value());
  return 0;
}
