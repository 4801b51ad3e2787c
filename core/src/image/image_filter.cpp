#include "image/image_filter.h"

#include <algorithm>
#include <cstdlib>
#include <numeric>
#include <vector>

namespace headstart {
namespace {

constexpr std::int64_t kWeightSum = std::int64_t{1} << kWeightBits;

// The input pixels under the filter of one output pixel.
struct Window {
  std::int64_t first = 0;
  std::vector<std::int64_t> raw;      // the formula's raw(i, k)
  std::vector<std::int64_t> weights;  // weight(i, k)
};

class WindowMaker {
 public:
  WindowMaker(std::int64_t crop_side, std::int64_t size)
      : crop_side_(crop_side), size_(size), reach_(2 * std::max(crop_side, size)) {}

  // Fills window_ for one output pixel and returns it; valid until the next call.
  const Window& make(std::int64_t output_index) {
    const std::int64_t centre = (2 * output_index + 1) * crop_side_;
    // raw > 0 where |(2k+1)N - centre| < reach.
    const auto raw = [&](std::int64_t k) { return reach_ - std::abs((2 * k + 1) * size_ - centre); };
    std::int64_t first = std::clamp<std::int64_t>((centre - reach_) / (2 * size_) - 1, 0, crop_side_ - 1);
    while (raw(first) <= 0) ++first;
    window_.first = first;
    window_.raw.clear();
    for (std::int64_t k = first; k < crop_side_ && raw(k) > 0; ++k) window_.raw.push_back(raw(k));
    quantise();
    return window_;
  }

 private:
  // Largest remainder method (Hamilton): the weights sum to exactly 2^14.
  void quantise() {
    const std::int64_t sum = std::accumulate(window_.raw.begin(), window_.raw.end(), std::int64_t{0});
    window_.weights.resize(window_.raw.size());
    order_.resize(window_.raw.size());
    std::int64_t missing = kWeightSum;
    for (std::size_t k = 0; k < window_.raw.size(); ++k) {
      window_.weights[k] = window_.raw[k] * kWeightSum / sum;
      missing -= window_.weights[k];
    }
    std::iota(order_.begin(), order_.end(), std::size_t{0});
    const auto remainder = [&](std::size_t k) { return window_.raw[k] * kWeightSum % sum; };
    std::ranges::sort(order_, [&](std::size_t a, std::size_t b) {
      return remainder(a) != remainder(b) ? remainder(a) > remainder(b) : a < b;
    });
    for (std::size_t k = 0; missing > 0; ++k, --missing) ++window_.weights[order_[k]];
  }

  std::int64_t crop_side_;
  std::int64_t size_;
  std::int64_t reach_;
  Window window_;
  std::vector<std::size_t> order_;
};

}  // namespace

Result<FilterAxis> make_filter_axis(std::int32_t crop_side_px, std::int32_t size_px, FilterStart start) {
  const auto size = static_cast<std::size_t>(size_px);
  // A window spans less than 2 reach / (2N) + 1 pixels, and may begin one pixel early.
  const std::size_t most_pixels = static_cast<std::size_t>(2 * std::max(crop_side_px, size_px) / size_px) + 2;
  const std::size_t most_pairs = std::min(most_pixels, static_cast<std::size_t>(crop_side_px) + 1) / 2 + 1;
  auto first_indices = PaddedBuffer<std::int32_t>::create(size);
  if (!first_indices) return first_indices.error();
  auto pairs = PaddedBuffer<WeightPair>::create(size * most_pairs);
  if (!pairs) return pairs.error();

  FilterAxis axis{std::move(first_indices).value(), std::move(pairs).value(), 1};
  WindowMaker maker(crop_side_px, size_px);
  const auto shift_of = [&](const Window& window) {
    return start == FilterStart::kEven ? window.first & 1 : 0;
  };
  for (std::size_t i = 0; i < size; ++i) {
    const Window& window = maker.make(static_cast<std::int64_t>(i));
    const std::size_t pixel_count = window.weights.size() + static_cast<std::size_t>(shift_of(window));
    axis.pair_count = std::max(axis.pair_count, (pixel_count + 1) / 2);
  }
  for (std::size_t i = 0; i < size; ++i) {
    const Window& window = maker.make(static_cast<std::int64_t>(i));
    const std::int64_t shift = shift_of(window);
    axis.first_indices.span()[i] = static_cast<std::int32_t>(window.first - shift);
    const std::span<WeightPair> out = axis.pairs.span().subspan(i * axis.pair_count, axis.pair_count);
    for (std::size_t k = 0; k < window.weights.size(); ++k) {
      const std::size_t position = k + static_cast<std::size_t>(shift);
      WeightPair& pair = out[position / 2];
      (position % 2 == 0 ? pair.first : pair.second) = static_cast<std::int16_t>(window.weights[k]);
    }
  }
  return axis;
}

}  // namespace headstart
