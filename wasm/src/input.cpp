#include "input.h"

#include <string>
#include <utility>

namespace headstart::wasm {

Result<std::span<std::uint8_t>> Input::resize(std::size_t byte_count) {
  byte_count_ = 0;
  if (memory_.size() < byte_count) {
    memory_ = {};  // first, so that the old and the new are never there together
    Result<PaddedBuffer<std::uint8_t>> memory = PaddedBuffer<std::uint8_t>::create(byte_count);
    if (!memory) return memory.error();
    memory_ = std::move(memory).value();
  }
  byte_count_ = byte_count;
  return memory_.span().first(byte_count);
}

void Input::clear() {
  memory_ = {};
  byte_count_ = 0;
}

Result<std::span<const std::uint8_t>> Input::bytes(std::size_t byte_count) const {
  if (byte_count != byte_count_) {
    return internal_error("the call reads " + std::to_string(byte_count) +
                          " bytes of the input, which holds " + std::to_string(byte_count_));
  }
  return bytes();
}

Result<std::span<const float>> Input::floats(std::size_t float_count) const {
  const Result<std::span<const std::uint8_t>> found = bytes(float_count * sizeof(float));
  if (!found) return found.error();
  return std::span<const float>(reinterpret_cast<const float*>(found.value().data()), float_count);
}

}  // namespace headstart::wasm
