#include <doctest/doctest.h>

#include <cstdint>
#include <limits>

#include "headstart/buffer.h"

using namespace headstart;

TEST_CASE("a padded buffer is aligned, zeroed, and readable past its end") {
  auto created = PaddedBuffer<float>::create(7);
  REQUIRE(created.ok());
  const PaddedBuffer<float> buffer = std::move(created).value();
  CHECK(buffer.size() == 7);
  CHECK(buffer.size_bytes() == 28);
  CHECK(reinterpret_cast<std::uintptr_t>(buffer.data()) % kBufferAlignmentBytes == 0);
  for (const float value : buffer.span()) CHECK(value == 0.0F);
  const auto* past_the_end = reinterpret_cast<const unsigned char*>(buffer.data()) + buffer.size_bytes();
  unsigned sum = 0;  // under the address sanitizer these reads fail where the padding is missing
  for (std::size_t i = 0; i < kReadablePaddingBytes; ++i) sum += past_the_end[i];
  CHECK(sum == 0);
}

TEST_CASE("an empty padded buffer still has its padding") {
  auto created = PaddedBuffer<std::uint8_t>::create(0);
  REQUIRE(created.ok());
  CHECK(created.value().span().empty());
  CHECK(created.value().data()[kReadablePaddingBytes - 1] == 0);
}

TEST_CASE("a padded buffer of an impossible size is out-of-memory, not a wrapped-around small one") {
  for (const std::size_t size :
       {std::numeric_limits<std::size_t>::max(), std::numeric_limits<std::size_t>::max() / 4}) {
    const auto created = PaddedBuffer<float>::create(size);
    REQUIRE_FALSE(created.ok());
    CHECK(created.error().code == ErrorCode::kOutOfMemory);
  }
}
