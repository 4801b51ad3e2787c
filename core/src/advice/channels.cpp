// With n_c pictures of class c, m_c their mean of a channel and m the mean of all, Fisher's ratio is
//   sum n_c (m_c - m)² / (sum (x - m_c(x))² + e),
// where e is a hundredth of what channels have within classes on the average: one that hardly ever moves
// tells nothing, however neatly it does.
#include "headstart/channels.h"

#include <algorithm>
#include <cmath>
#include <numeric>

namespace headstart {
namespace {

constexpr double kLeastScatter = 0.01;
constexpr double kSame = 0.9;
constexpr double kRounding = 1e-12;

class Columns {
 public:
  Columns(std::span<const float> features, std::size_t width, std::span<const std::uint32_t> classes,
          std::size_t class_count)
      : features_(features),
        width_(width),
        classes_(classes),
        class_count_(class_count),
        means_(class_count * width),
        mean_(width),
        total_(width),
        within_(width) {
    std::vector<double> counts(class_count);
    for (const std::uint32_t c : classes) counts[c] += 1;
    for (std::size_t row = 0; row < classes.size(); ++row) {
      for (std::size_t k = 0; k < width; ++k) {
        means_[classes[row] * width + k] += value(row, k) / counts[classes[row]];
        mean_[k] += value(row, k) / static_cast<double>(classes.size());
      }
    }
    for (std::size_t row = 0; row < classes.size(); ++row) {
      for (std::size_t k = 0; k < width; ++k) {
        const double from_class = value(row, k) - means_[classes[row] * width + k];
        within_[k] += from_class * from_class;
        total_[k] += (value(row, k) - mean_[k]) * (value(row, k) - mean_[k]);
      }
    }
  }

  [[nodiscard]] std::vector<TellingChannel> ratios() const {
    const double mean_within =
        std::accumulate(within_.begin(), within_.end(), 0.0) / static_cast<double>(width_);
    std::vector<TellingChannel> channels;
    for (std::size_t k = 0; k < width_; ++k) {
      const auto count = static_cast<double>(classes_.size());
      if (!(total_[k] > kRounding * count * mean_[k] * mean_[k])) continue;
      TellingChannel& channel = channels.emplace_back(static_cast<std::uint32_t>(k));
      const double between = std::max(0.0, total_[k] - within_[k]);
      const double among = within_[k] + kLeastScatter * mean_within;
      // Classes that are all alike within are told apart as well as can be.
      channel.ratio = class_count_ < 2 ? total_[k] : between / std::max(among, 1e-9 * total_[k]);
      for (std::size_t c = 1; c < class_count_; ++c) {
        if (means_[c * width_ + k] > means_[channel.class_index * width_ + k])
          channel.class_index = static_cast<std::uint32_t>(c);
      }
    }
    return channels;
  }

  [[nodiscard]] double correlation(std::size_t a, std::size_t b) const {
    double both = 0;
    for (std::size_t row = 0; row < classes_.size(); ++row)
      both += (value(row, a) - mean_[a]) * (value(row, b) - mean_[b]);
    return both / std::sqrt(total_[a] * total_[b]);
  }

 private:
  [[nodiscard]] double value(std::size_t row, std::size_t k) const {
    return static_cast<double>(features_[row * width_ + k]);
  }

  std::span<const float> features_;
  std::size_t width_;
  std::span<const std::uint32_t> classes_;
  std::size_t class_count_;
  std::vector<double> means_;  // [class_count, channel_count]
  std::vector<double> mean_;
  std::vector<double> total_;
  std::vector<double> within_;
};

}  // namespace

std::vector<TellingChannel> telling_channels(std::span<const float> features, std::size_t channel_count,
                                             std::span<const std::uint32_t> class_indices,
                                             std::size_t class_count, std::size_t count) {
  const Columns columns(features, channel_count, class_indices, class_count);
  std::vector<TellingChannel> all = columns.ratios();
  std::ranges::sort(all, [](const TellingChannel& a, const TellingChannel& b) {
    return a.ratio != b.ratio ? a.ratio > b.ratio : a.channel < b.channel;
  });
  std::vector<TellingChannel> chosen;
  std::vector<TellingChannel> repeats;
  for (const TellingChannel& channel : all) {
    if (chosen.size() == count) break;
    const bool is_new = std::ranges::none_of(chosen, [&](const TellingChannel& other) {
      return std::abs(columns.correlation(channel.channel, other.channel)) > kSame;
    });
    (is_new ? chosen : repeats).push_back(channel);
  }
  for (std::size_t i = 0; i < repeats.size() && chosen.size() < count; ++i) chosen.push_back(repeats[i]);
  return chosen;
}

}  // namespace headstart
