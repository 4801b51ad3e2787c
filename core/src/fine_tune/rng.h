// Random numbers that are the same on every machine: SplitMix64 (Steele, Lea & Flood 2014), whole numbers
// and exact multiples of 2^-53 only, so that no library's rounding comes in.
#pragma once

#include <cstddef>
#include <cstdint>
#include <utility>
#include <vector>

namespace headstart::fine_tune {

class Rng {
 public:
  // Streams of one seed do not overlap in practice; each use takes its own.
  Rng(std::uint64_t seed, std::uint64_t stream) : state_(seed * 0x9E3779B97F4A7C15U + stream) {
    static_cast<void>(next());
  }

  std::uint64_t next() {
    state_ += 0x9E3779B97F4A7C15U;
    std::uint64_t z = state_;
    z = (z ^ (z >> 30U)) * 0xBF58476D1CE4E5B9U;
    z = (z ^ (z >> 27U)) * 0x94D049BB133111EBU;
    return z ^ (z >> 31U);
  }

  // 0…1, without 1.
  double uniform() { return static_cast<double>(next() >> 11U) * 0x1.0p-53; }

  // 0…count - 1; the bias of 2^-64 count does not matter here.
  std::size_t below(std::size_t count) { return static_cast<std::size_t>(next() % count); }

  // Any order with the same chance (Fisher-Yates).
  template <typename T>
  void shuffle(std::vector<T>& items) {
    for (std::size_t i = items.size(); i > 1; --i) std::swap(items[i - 1], items[below(i)]);
  }

 private:
  std::uint64_t state_;
};

}  // namespace headstart::fine_tune
