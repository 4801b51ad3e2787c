// Maps at the border, kept as float16 so that the frozen part runs once per view.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

#include "headstart/buffer.h"
#include "headstart/status.h"

namespace headstart {

// Keeps maps of one size, or several maps one behind the other, by view, while their bytes fit into a budget;
// those beyond it stay only until forget_passing(). Both are rounded to float16, so that the budget changes
// the time and not the result.
class MapCache {
 public:
  MapCache(std::size_t view_count, std::size_t map_size, std::size_t budget_bytes)
      : maps_(view_count), map_size_(map_size), budget_bytes_(budget_bytes) {}

  [[nodiscard]] bool has(std::uint32_t view) const { return maps_[view].size() > 0; }

  // `map` [map_size]. Values beyond float16's range are cut to it. out-of-memory.
  Status put(std::uint32_t view, std::span<const float> map);

  // From `offset` on as much as `out` holds; the view must be there.
  void read(std::uint32_t view, std::size_t offset, std::span<float> out) const;

  void forget_passing();

  [[nodiscard]] std::size_t bytes() const { return bytes_; }

 private:
  std::vector<PaddedBuffer<std::uint16_t>> maps_;  // empty where there is none
  std::vector<std::uint32_t> passing_;             // views beyond the budget
  std::size_t map_size_;
  std::size_t budget_bytes_;
  std::size_t bytes_ = 0;
};

}  // namespace headstart
