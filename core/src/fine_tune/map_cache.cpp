#include "fine_tune/map_cache.h"

#include <algorithm>
#include <utility>

#include "files/float16.h"

namespace headstart {
namespace {

constexpr float kLargestHalf = 65504.0F;

}  // namespace

Status MapCache::put(std::uint32_t view, std::span<const float> map) {
  if (has(view)) return {};
  Result<PaddedBuffer<std::uint16_t>> made = PaddedBuffer<std::uint16_t>::create(map_size_);
  if (!made) return made.error();
  maps_[view] = std::move(made).value();
  std::transform(map.begin(), map.end(), maps_[view].data(),
                 [](float value) { return half_from_float(std::clamp(value, -kLargestHalf, kLargestHalf)); });
  const std::size_t size_bytes = maps_[view].size_bytes();
  const bool fits = bytes_ + size_bytes <= budget_bytes_;
  bytes_ += size_bytes;
  // What passes counts too while it is there; it leaves the budget again before the next batch.
  if (!fits) passing_.push_back(view);
  return {};
}

void MapCache::read(std::uint32_t view, std::size_t offset, std::span<float> out) const {
  const std::span<const std::uint16_t> halves = maps_[view].span().subspan(offset, out.size());
  std::transform(halves.begin(), halves.end(), out.begin(), float_from_half);
}

void MapCache::forget_passing() {
  for (const std::uint32_t view : passing_) {
    bytes_ -= maps_[view].size_bytes();
    maps_[view] = {};
  }
  passing_.clear();
}

}  // namespace headstart
