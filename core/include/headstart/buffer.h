// Memory that XNNPACK may read: aligned, zeroed, and readable a little past its end.
#pragma once

#include <cstddef>
#include <cstdlib>
#include <cstring>
#include <memory>
#include <span>
#include <string>
#include <type_traits>

#include "headstart/status.h"

namespace headstart {

// XNNPACK's kernels read up to XNN_EXTRA_BYTES past the last element; backbone.cpp asserts that this is
// enough.
inline constexpr std::size_t kReadablePaddingBytes = 128;
inline constexpr std::size_t kBufferAlignmentBytes = 64;

// A fixed-size array whose padding is part of its type: whatever is handed to XNNPACK lives in one of these.
template <typename T>
class PaddedBuffer {
  static_assert(std::is_trivially_copyable_v<T>, "a padded buffer holds plain numbers");

 public:
  PaddedBuffer() = default;

  // `size` elements, all zero. Fails with out-of-memory, leaving nothing behind.
  static Result<PaddedBuffer> create(std::size_t size) {
    constexpr std::size_t kMost =
        (static_cast<std::size_t>(-1) >> 1) - 2 * kBufferAlignmentBytes - kReadablePaddingBytes;
    if (size > kMost / sizeof(T)) return no_room(size);
    const std::size_t bytes = (size * sizeof(T) + kReadablePaddingBytes + kBufferAlignmentBytes - 1) /
                              kBufferAlignmentBytes * kBufferAlignmentBytes;
    void* memory = std::aligned_alloc(kBufferAlignmentBytes, bytes);
    if (memory == nullptr) return no_room(size);
    std::memset(memory, 0, bytes);
    PaddedBuffer buffer;
    buffer.data_.reset(static_cast<T*>(memory));
    buffer.size_ = size;
    return buffer;
  }

  T* data() { return data_.get(); }
  const T* data() const { return data_.get(); }
  [[nodiscard]] std::size_t size() const { return size_; }
  [[nodiscard]] std::size_t size_bytes() const { return size_ * sizeof(T); }

  // Valid until the buffer is destroyed or moved from.
  std::span<T> span() { return {data_.get(), size_}; }
  std::span<const T> span() const { return {data_.get(), size_}; }

 private:
  struct Free {
    void operator()(T* memory) const { std::free(memory); }
  };

  static Error no_room(std::size_t size) {
    return out_of_memory("there is not enough memory for " + std::to_string(size) + " numbers of " +
                         std::to_string(sizeof(T)) + " bytes");
  }

  std::unique_ptr<T, Free> data_;
  std::size_t size_ = 0;
};

}  // namespace headstart
