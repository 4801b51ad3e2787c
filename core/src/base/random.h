// Random numbers that are the same on every machine: the standard library's distributions are not.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

namespace headstart {

// xoshiro256** (Blackman & Vigna 2018, https://prng.di.unimi.it), seeded through splitmix64 as its authors
// say. Where one seed serves several purposes, each takes a stream of its own.
class Random {
 public:
  explicit Random(std::uint64_t seed, std::uint64_t stream = 0);

  [[nodiscard]] std::uint64_t next();

  // In [0, 1), with 53 bits.
  [[nodiscard]] double uniform();

  // In 0…count-1, each equally likely (Lemire 2019). `count` > 0.
  [[nodiscard]] std::uint32_t below(std::uint32_t count);

  // Standard normal, kept where |x| < 2, by rejection.
  [[nodiscard]] double truncated_normal();

 private:
  std::array<std::uint64_t, 4> state_;
};

// Fisher-Yates (Durstenfeld 1964).
void shuffle(std::span<std::uint32_t> values, Random& random);

}  // namespace headstart
