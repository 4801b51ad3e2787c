// Where JavaScript puts the bytes that the next call reads.
#pragma once

#include <cstdint>
#include <span>

#include "headstart/headstart.h"

namespace headstart::wasm {

// The memory behind it only grows, so that frames of one size reuse it. What it hands out is never longer
// than what was asked for last: an earlier, larger picture leaves no bytes that a later call could take for
// its own.
class Input {
 public:
  // Room for exactly `byte_count` bytes. The contents are unspecified until the caller fills them.
  // Fails with out-of-memory; the input is then empty.
  Result<std::span<std::uint8_t>> resize(std::size_t byte_count);
  // Gives the memory back.
  void clear();

  // All bytes of the last resize. Valid until the next one.
  [[nodiscard]] std::span<const std::uint8_t> bytes() const { return memory_.span().first(byte_count_); }
  // The same, checked against what the caller says is there: another number is a fault of ours, `internal`.
  [[nodiscard]] Result<std::span<const std::uint8_t>> bytes(std::size_t byte_count) const;
  // The bytes as `float_count` numbers.
  [[nodiscard]] Result<std::span<const float>> floats(std::size_t float_count) const;

  [[nodiscard]] std::size_t memory_bytes() const { return memory_.size_bytes(); }

 private:
  PaddedBuffer<std::uint8_t> memory_;
  std::size_t byte_count_ = 0;
};

}  // namespace headstart::wasm
