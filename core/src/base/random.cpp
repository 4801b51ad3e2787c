#include "base/random.h"

#include <bit>
#include <utility>

#include "base/softmax.h"

namespace headstart {
namespace {

std::uint64_t splitmix64(std::uint64_t& state) {
  state += 0x9E3779B97F4A7C15u;
  std::uint64_t z = state;
  z = (z ^ (z >> 30)) * 0xBF58476D1CE4E5B9u;
  z = (z ^ (z >> 27)) * 0x94D049BB133111EBu;
  return z ^ (z >> 31);
}

}  // namespace

Random::Random(std::uint64_t seed, std::uint64_t stream) : state_{} {
  if (stream != 0) seed ^= splitmix64(stream);
  for (std::uint64_t& word : state_) word = splitmix64(seed);
}

std::uint64_t Random::next() {
  const std::uint64_t result = std::rotl(state_[1] * 5, 7) * 9;
  const std::uint64_t shifted = state_[1] << 17;
  state_[2] ^= state_[0];
  state_[3] ^= state_[1];
  state_[1] ^= state_[2];
  state_[0] ^= state_[3];
  state_[2] ^= shifted;
  state_[3] = std::rotl(state_[3], 45);
  return result;
}

double Random::uniform() {
  return static_cast<double>(next() >> 11) * 0x1.0p-53;
}

std::uint32_t Random::below(std::uint32_t count) {
  std::uint64_t product = (next() >> 32) * count;
  if (static_cast<std::uint32_t>(product) < count) {
    const std::uint32_t threshold = (0u - count) % count;
    while (static_cast<std::uint32_t>(product) < threshold) product = (next() >> 32) * count;
  }
  return static_cast<std::uint32_t>(product >> 32);
}

double Random::truncated_normal() {
  for (;;) {
    const double candidate = 4 * uniform() - 2;
    // Our own exponential: a C library's last bit differs from machine to machine.
    if (uniform() < exponential(-0.5 * candidate * candidate)) return candidate;
  }
}

void shuffle(std::span<std::uint32_t> values, Random& random) {
  for (std::size_t i = values.size(); i > 1; --i) {
    std::swap(values[i - 1], values[random.below(static_cast<std::uint32_t>(i))]);
  }
}

}  // namespace headstart
