#include "training/training_rows.h"

#include <cassert>
#include <string>
#include <utility>

#include "headstart/views.h"

namespace headstart {
namespace {

// Mirrored ones are known by their recipes.
std::vector<std::size_t> used_views(std::size_t view_count, ViewUse use) {
  std::vector<std::size_t> used;
  if (use == ViewUse::kNone) return used;
  for (std::size_t view = 0; view < view_count; ++view) {
    const bool mirrored = view < views().size() && views()[view].mirror == Mirror::kYes;
    if (use == ViewUse::kAll || !mirrored) used.push_back(view);
  }
  return used;
}

Status check_views(const TrainingSetView& samples, const TrainOptions& options) {
  if (options.second_look == SecondLook::kMirrored && options.views != ViewUse::kAll) {
    return bad_argument(
        "a second, mirrored look needs a head that learns from all views, the mirror image too");
  }
  if (options.views == ViewUse::kNone) return {};
  const bool are_there = samples.views.size() == samples.class_indices.size();
  if (are_there && !used_views(samples.view_count, options.views).empty()) return {};
  return bad_argument("training with views needs those of every sample, got " +
                      std::to_string(samples.view_count) + " of each");
}

}  // namespace

TrainingRows::TrainingRows(std::span<const float> embeddings, std::size_t feature_count)
    : embeddings_(embeddings),
      selected_({{"last", 0, feature_count}}),
      map_sizes_({feature_count}),
      shares_({1}),
      sample_count_(embeddings.size() / feature_count),
      full_count_(feature_count),
      feature_count_(feature_count) {}

Result<TrainingRows> TrainingRows::create(const TrainingSetView& samples, const TrainOptions& options) {
  if (const Status valid = check_views(samples, options); !valid) return valid.error();
  const std::vector<FeatureBlock> whole = {{"last", 0, samples.feature_count}};
  Result<std::vector<FeatureBlock>> selected =
      select_features(samples.blocks.empty() ? std::span(whole) : samples.blocks, options.features);
  if (!selected) return selected.error();
  TrainingRows rows;
  rows.embeddings_ = samples.embeddings;
  rows.views_ = samples.views;
  rows.selected_ = std::move(selected).value();
  for (const FeatureBlock& block : rows.selected_) rows.map_sizes_.push_back(block.count);
  rows.shares_ = map_shares(rows.selected_);
  rows.sample_count_ = samples.class_indices.size();
  rows.full_count_ = samples.feature_count;
  rows.feature_count_ = feature_count_of(rows.selected_);
  rows.used_views_ = used_views(samples.view_count, options.views);
  return rows;
}

std::span<const float> TrainingRows::full_row(std::size_t row_index) const {
  assert(row_index < row_count());
  const std::size_t sample = row_index % sample_count_;
  if (row_index < sample_count_) return embeddings_.subspan(sample * full_count_, full_count_);
  const std::size_t view = used_views_[row_index / sample_count_ - 1];
  return views_[sample].subspan(view * full_count_, full_count_);
}

FeatureTransform TrainingRows::transform() const {
  const bool is_single = selected_.size() == 1 && selected_.front().is_rectified;
  return is_single ? FeatureTransform::kRoot : FeatureTransform::kLength;
}

void TrainingRows::copy_row(std::size_t row_index, std::span<float> out) const {
  gather_features(full_row(row_index), selected_, out);
}

void TrainingRows::copy_mean_row(std::size_t first_row_index, std::size_t second_row_index,
                                 std::span<float> out) const {
  copy_row(first_row_index, out);
  std::vector<float> second(feature_count_);
  copy_row(second_row_index, second);
  for (std::size_t j = 0; j < out.size(); ++j) out[j] = 0.5F * (out[j] + second[j]);
}

std::optional<StridedRows> TrainingRows::samples_in_place() const {
  if (selected_.size() != 1) return std::nullopt;
  return StridedRows{embeddings_.subspan(selected_.front().offset), full_count_, feature_count_};
}

}  // namespace headstart
