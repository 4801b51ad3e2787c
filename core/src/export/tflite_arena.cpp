#include "export/tflite_arena.h"

#include <algorithm>
#include <cstdint>
#include <span>
#include <vector>

namespace headstart {
namespace {

constexpr std::size_t kAlignment = 16;
// Measured on a 64-bit machine, where pointers are twice as long as on boards: 229 to 247 bytes for each
// operator besides eight for each channel that has a scale of its own.
constexpr std::size_t kBytesPerOperator = 256;
constexpr std::size_t kBytesPerChannel = 8;
constexpr std::size_t kBytesBesides = 4096;

struct Lived {
  std::size_t bytes = 0;
  std::size_t first = 0;  // operators between which it is needed
  std::size_t last = 0;
  std::size_t offset = 0;
  bool is_used = false;
  bool is_placed = false;
};

std::size_t bytes_of_tensor(const TfliteTensor& tensor) {
  std::size_t count = tensor.type == TfliteType::kInt8 ? 1 : tensor.type == TfliteType::kFloat16 ? 2 : 4;
  for (const std::int32_t side : tensor.shape) count *= static_cast<std::size_t>(side);
  return (count + kAlignment - 1) / kAlignment * kAlignment;
}

std::vector<Lived> lives_of(const TfliteFile& file) {
  std::vector<Lived> lives(file.tensors().size());
  const auto touch = [&](std::int32_t tensor, std::size_t at) {
    const auto index = static_cast<std::size_t>(tensor);
    if (!file.tensors()[index].bytes.empty()) return;  // a constant stays in the file
    Lived& life = lives[index];
    if (!life.is_used) life = {bytes_of_tensor(file.tensors()[index]), at, at, 0, true, false};
    life.last = std::max(life.last, at);
  };
  for (std::size_t i = 0; i < file.operators().size(); ++i) {
    for (const std::int32_t input : file.operators()[i].inputs) touch(input, i);
    touch(file.operators()[i].output, i);
  }
  std::erase_if(lives, [](const Lived& life) { return !life.is_used; });
  return lives;
}

bool is_placed_before(const Lived& a, const Lived& b) {
  return a.bytes != b.bytes ? a.bytes > b.bytes : a.first < b.first;
}

// The lowest place that is free as long as it lives.
void place(Lived& life, std::span<const Lived> others) {
  life.is_placed = true;
  for (bool moves = true; moves;) {
    moves = false;
    for (const Lived& other : others) {
      if (!other.is_placed || &other == &life || other.last < life.first || other.first > life.last) continue;
      const std::size_t end = other.offset + other.bytes;
      if (end <= life.offset || other.offset >= life.offset + life.bytes) continue;
      life.offset = end;
      moves = true;
    }
  }
}

std::size_t planned_bytes(std::vector<Lived> lives) {
  std::size_t most = 0;
  for (std::size_t i = 0; i < lives.size(); ++i) {
    Lived* next = nullptr;
    for (Lived& life : lives) {
      if (!life.is_placed && (next == nullptr || is_placed_before(life, *next))) next = &life;
    }
    place(*next, lives);
    most = std::max(most, next->offset + next->bytes);
  }
  return most;
}

}  // namespace

std::size_t tflite_arena_bytes(const TfliteFile& file) {
  // Each operator keeps multipliers of its own, those that share their weights as both looks do too.
  std::size_t channels = 0;
  for (const auto& op : file.operators()) {
    for (const std::int32_t input : op.inputs) {
      const TfliteTensor& tensor = file.tensors()[static_cast<std::size_t>(input)];
      if (tensor.type == TfliteType::kInt8 && tensor.scales) channels += tensor.scales->scales.size();
    }
  }
  const std::size_t besides =
      kBytesBesides + kBytesPerOperator * file.operators().size() + kBytesPerChannel * channels;
  constexpr std::size_t kKilobyte = 1024;
  return (planned_bytes(lives_of(file)) + besides + kKilobyte - 1) / kKilobyte * kKilobyte;
}

}  // namespace headstart
