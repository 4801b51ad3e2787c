// Made-up data: SplitMix64 (Steele, Lea & Flood 2014), a generator of its own because the script of the
// golden gradients repeats it in Python.
#pragma once

#include <cstdint>

namespace headstart::test {

class SplitMix {
 public:
  // Streams of one seed do not overlap in practice; each use takes its own.
  SplitMix(std::uint64_t seed, std::uint64_t stream) : state_(seed * 0x9E3779B97F4A7C15U + stream) {
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

 private:
  std::uint64_t state_;
};

}  // namespace headstart::test
