// A .tflite with changes, or any bytes: refused, or a network that runs.
#include <array>
#include <cstddef>
#include <cstdint>

#include "edits.h"
#include "network/tflite_reader.h"
#include "running.h"
#include "support/tflite_builder.h"

using namespace headstart;
using fuzz::Bytes;
using fuzz::require;
using test::TfliteBuilder;

namespace {

constexpr std::int32_t kSide = 32;
constexpr std::int8_t kRelu6 = 3;

// Windows, a shortcut and a classifier behind them.
Bytes shortcuts() {
  TfliteBuilder builder(kSide);
  std::int32_t map = builder.convolution(builder.input(), 8, 3, 2, kRelu6);
  map = builder.pool(TfliteBuilder::kMaxPool, builder.pad(map, 1, 1), 3, 2, /*is_same=*/false);
  const std::int32_t inner = builder.convolution(builder.depthwise(map, 3, 1, kRelu6), 8);
  map = builder.add(TfliteBuilder::kAdd, {map, inner}, builder.shape(map));
  builder.classifier(map, 4);
  return builder.file();
}

// Bytes for pixels, a gate and a hard swish.
Bytes gates() {
  TfliteBuilder builder(kSide, 2);
  builder.quantise_input(TfliteBuilder::kUint8, 1.0F / 128, 127);
  std::int32_t map = builder.convolution(builder.input(), 8, 3, 2);
  map = builder.add(TfliteBuilder::kHardSwish, {map}, builder.shape(map));
  const std::int32_t gate = builder.convolution(builder.mean(map), 8);
  const std::int32_t open = builder.add(TfliteBuilder::kLogistic, {gate}, builder.shape(gate));
  map = builder.add(TfliteBuilder::kMultiply, {map, open}, builder.shape(map));
  builder.classifier(builder.convolution(map, 12, 1, 2), 3);
  return builder.file();
}

// Bytes all through.
Bytes in_bytes() {
  TfliteBuilder builder(kSide, 3);
  builder.quantise_input(TfliteBuilder::kInt8, 1.0F / 128, 0);
  builder.compute_in_bytes(1.0F / 16);
  const std::int32_t map = builder.convolution(builder.input(), 8, 3, 2, kRelu6);
  const std::int32_t inner = builder.convolution(builder.depthwise(map, 5, 1, kRelu6), 8);
  builder.classifier(builder.add(TfliteBuilder::kAdd, {map, inner}, builder.shape(map)), 4);
  return builder.file();
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  static const std::array<Bytes, 3> files = {shortcuts(), gates(), in_bytes()};
  const auto network = read_tflite(fuzz::edited(files, {data, size}));
  if (!network) {
    const ErrorCode code = network.error().code;
    require(code == ErrorCode::kBadFile || code == ErrorCode::kUnsupported);
    return 0;
  }
  require(!network.value().blocks.empty());
  fuzz::require_run(network.value());
  return 0;
}
