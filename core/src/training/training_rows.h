// What one run learns from, narrowed to the maps that it joins: the samples and, behind them, their views.
#pragma once

#include <cstddef>
#include <optional>
#include <span>
#include <vector>

#include "headstart/features.h"
#include "headstart/head.h"
#include "headstart/sample_store.h"
#include "headstart/status.h"
#include "headstart/trainer.h"

namespace headstart {

// Rows of `feature_count` numbers, their beginnings `stride` numbers apart.
struct StridedRows {
  std::span<const float> values;
  std::size_t stride = 0;
  std::size_t feature_count = 0;

  [[nodiscard]] std::span<const float> row(std::size_t index) const {
    return values.subspan(index * stride, feature_count);
  }
};

// Row i below sample_count is sample i; row k * sample_count + i is its (k - 1)th view among those used, so
// that row r belongs to sample r % sample_count and what is measured comes first. Reads the store's memory:
// to be used up before the store changes.
class TrainingRows {
 public:
  // bad-argument for maps or views that are not there.
  static Result<TrainingRows> create(const TrainingSetView& samples, const TrainOptions& options);

  // Samples of one map, without views: `embeddings` [sample_count, feature_count].
  TrainingRows(std::span<const float> embeddings, std::size_t feature_count);

  [[nodiscard]] std::size_t sample_count() const { return sample_count_; }
  [[nodiscard]] std::size_t view_count() const { return used_views_.size(); }  // that are used
  [[nodiscard]] std::size_t row_count() const { return sample_count_ * (1 + view_count()); }
  [[nodiscard]] std::size_t feature_count() const { return feature_count_; }
  [[nodiscard]] std::span<const std::size_t> map_sizes() const { return map_sizes_; }  // sum: feature_count

  [[nodiscard]] std::span<const double> shares() const { return shares_; }  // as map_shares() has them

  // What suits these maps: roots for one that cannot go below zero, else lengths alone. Joined maps are less
  // often right with roots, but for the sign digits.
  [[nodiscard]] FeatureTransform transform() const;

  // One row to `out` [feature_count].
  void copy_row(std::size_t row_index, std::span<float> out) const;

  // The mean of two rows, as a second look has it.
  void copy_mean_row(std::size_t first_row_index, std::size_t second_row_index, std::span<float> out) const;

  // The samples where they lie, when it takes no copy to see them: over a single map.
  [[nodiscard]] std::optional<StridedRows> samples_in_place() const;

 private:
  TrainingRows() = default;
  [[nodiscard]] std::span<const float> full_row(std::size_t row_index) const;

  std::span<const float> embeddings_;  // [sample_count, full_count]
  std::span<const std::span<const float>> views_;
  std::vector<FeatureBlock> selected_;
  std::vector<std::size_t> map_sizes_;
  std::vector<double> shares_;
  std::size_t sample_count_ = 0;
  std::size_t full_count_ = 0;  // numbers in a row of the store
  std::size_t feature_count_ = 0;
  std::vector<std::size_t> used_views_;  // positions among the views of a sample
};

// The row of a sample's mirror image, where all views are used: mirrored, nothing else, is the first of them.
[[nodiscard]] inline std::size_t mirror_row(const TrainingRows& rows, std::size_t sample_index) {
  return rows.sample_count() + sample_index;
}

}  // namespace headstart
