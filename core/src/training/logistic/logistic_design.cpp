#include "training/logistic/logistic_design.h"

#include <algorithm>
#include <cmath>
#include <utility>

namespace headstart {
namespace {

// How much of each kind of work makes a slice of a few milliseconds in WebAssembly on one thread.
constexpr std::size_t kNumbersPerSlice = 1u << 21u;
constexpr std::size_t kMultiplyAddsPerSlice = 1u << 25u;
constexpr std::size_t kGramBlock = 64;  // columns of the Gram matrix at a time
constexpr std::size_t kMultiplyAddsPerGramSlice = 1u << 27u;
constexpr std::size_t kTransposeTile = 32;

std::size_t rows_per_slice(std::size_t numbers_per_row) {
  return std::max<std::size_t>(1, kNumbersPerSlice / std::max<std::size_t>(1, numbers_per_row));
}

// out [column_count, row_count] = in [row_count, column_count]ᵀ
void turn_over(std::span<const float> in, std::size_t column_count, std::span<float> out) {
  const std::size_t row_count = in.size() / column_count;
  for (std::size_t i = 0; i < row_count; ++i) {
    for (std::size_t j = 0; j < column_count; ++j) out[j * row_count + i] = in[i * column_count + j];
  }
}

Status ensure_size(PaddedBuffer<float>& buffer, std::size_t size) {
  if (buffer.size() >= size) return {};
  buffer = {};
  Result<PaddedBuffer<float>> grown = PaddedBuffer<float>::create(size);
  if (!grown) return grown.error();
  buffer = std::move(grown).value();
  return {};
}

}  // namespace

LogisticDesign::LogisticDesign(const TrainingRows& samples, MatrixProduct product)
    : row_count_(samples.row_count()),
      feature_count_(samples.feature_count()),
      map_sizes_(samples.map_sizes().begin(), samples.map_sizes().end()),
      coordinates_(row_count_ <= feature_count_ ? Coordinates::kSamples : Coordinates::kFeatures),
      product_(std::move(product)) {}

Result<LogisticDesign> LogisticDesign::create(const TrainingRows& samples, const ComputePool& pool) {
  Result<MatrixProduct> product = MatrixProduct::create(RightLayout::kColumnsByInner, pool);
  if (!product) return product.error();
  const std::size_t feature_count = samples.feature_count();
  LogisticDesign design(samples, std::move(product).value());
  const Status room_for_rows = ensure_size(design.rows_, design.row_count_ * feature_count);
  if (!room_for_rows) return room_for_rows.error();
  for (std::size_t r = 0; r < design.row_count_; ++r) {
    samples.copy_row(r, {design.row(r), feature_count});
  }
  const bool in_samples = design.coordinates_ == Coordinates::kSamples;
  PaddedBuffer<float>& second = in_samples ? design.gram_ : design.transposed_;
  const std::size_t second_size = design.row_count_ * design.coordinate_count();
  if (const Status room = ensure_size(second, second_size); !room) return room.error();
  design.sums_.assign(feature_count, 0.0);
  return design;
}

double LogisticDesign::prepared_fraction() const {
  if (stage_ == Stage::kReady) return 1;
  const double within = std::min(1.0, static_cast<double>(next_row_) / static_cast<double>(row_count_));
  return stage_ == Stage::kMoments || stage_ == Stage::kScale ? 0.1 * within : 0.1 + 0.9 * within;
}

Result<bool> LogisticDesign::prepare() {
  Status status;
  switch (stage_) {
    case Stage::kMoments:
      add_moments();
      break;
    case Stage::kScale:
      scale_rows();
      break;
    case Stage::kGram:
      status = add_gram_block();
      break;
    case Stage::kTranspose:
      status = transpose_rows();
      break;
    case Stage::kDirections:
      status = multiply_directions();
      break;
    case Stage::kReady:
      break;
  }
  if (!status) return status.error();
  return stage_ == Stage::kReady;
}

// First the means, then the variances around them: one pass over both would cancel badly.
void LogisticDesign::add_moments() {
  const std::size_t end = std::min(row_count_, next_row_ + rows_per_slice(feature_count_));
  for (; next_row_ < end; ++next_row_) {
    const float* values = row(next_row_);
    if (!means_known_) {
      for (std::size_t j = 0; j < feature_count_; ++j) sums_[j] += static_cast<double>(values[j]);
      continue;
    }
    for (std::size_t j = 0; j < feature_count_; ++j) {
      const double centred = static_cast<double>(values[j]) - standardisation_.means[j];
      sums_[j] += centred * centred;
    }
  }
  if (next_row_ == row_count_) finish_moments();
}

void LogisticDesign::finish_moments() {
  next_row_ = 0;
  for (double& sum : sums_) sum /= static_cast<double>(row_count_);
  if (!means_known_) {
    standardisation_.means = sums_;
    std::fill(sums_.begin(), sums_.end(), 0.0);
    means_known_ = true;
    return;
  }
  standardisation_.scales = scales_of(sums_, map_sizes_);
  for (std::size_t j = 0; j < feature_count_; ++j) {
    total_variance_ += sums_[j] * standardisation_.scales[j] * standardisation_.scales[j];
  }
  stage_ = Stage::kScale;
}

void LogisticDesign::scale_rows() {
  const std::size_t end = std::min(row_count_, next_row_ + rows_per_slice(feature_count_));
  for (; next_row_ < end; ++next_row_) {
    float* values = row(next_row_);
    for (std::size_t j = 0; j < feature_count_; ++j) {
      const double centred = static_cast<double>(values[j]) - standardisation_.means[j];
      values[j] = static_cast<float>(centred * standardisation_.scales[j]);
    }
  }
  if (next_row_ < row_count_) return;
  next_row_ = 0;
  stage_ = coordinates_ == Coordinates::kSamples ? Stage::kGram : Stage::kTranspose;
}

// A block of columns from the diagonal down, in pieces of its rows; what lies above the diagonal is its
// mirror image.
Status LogisticDesign::add_gram_block() {
  const std::size_t begin = next_row_;
  const std::size_t width = std::min(kGramBlock, row_count_ - begin);
  const std::size_t first = begin + gram_done_;
  const std::size_t piece = std::max(kGramBlock, kMultiplyAddsPerGramSlice / (feature_count_ * width));
  const std::size_t count = std::min(piece, row_count_ - first);
  const Status status = product_.run({.left = row(first),
                                      .right = row(begin),
                                      .out = gram_.data() + first * row_count_ + begin,
                                      .row_count = count,
                                      .inner_count = feature_count_,
                                      .column_count = width,
                                      .out_stride = row_count_});
  if (!status) return status;
  for (std::size_t i = first; i < first + count; ++i) {
    for (std::size_t j = begin; j < std::min(i, begin + width); ++j) {
      gram_.data()[j * row_count_ + i] = gram_.data()[i * row_count_ + j];
    }
  }
  gram_done_ += count;
  if (first + count < row_count_) return {};
  gram_done_ = 0;
  next_row_ += width;
  if (next_row_ == row_count_) stage_ = Stage::kReady;
  return {};
}

Status LogisticDesign::transpose_rows() {
  const std::size_t end = std::min(row_count_, next_row_ + rows_per_slice(feature_count_));
  for (std::size_t i0 = next_row_; i0 < end; i0 += kTransposeTile) {
    const std::size_t i1 = std::min(end, i0 + kTransposeTile);
    for (std::size_t j = 0; j < feature_count_; ++j) {
      for (std::size_t i = i0; i < i1; ++i) transposed_.data()[j * row_count_ + i] = row(i)[j];
    }
  }
  next_row_ = end;
  return next_row_ == row_count_ ? begin_directions() : Status();
}

Status LogisticDesign::begin_directions() {
  stage_ = LeadingDirections::are_worth_it(feature_count_) ? Stage::kDirections : Stage::kReady;
  if (stage_ == Stage::kReady) return {};
  directions_ = LeadingDirections(feature_count_);
  const Result<std::span<float>> vectors = begin(Map::kLogits, directions_.count());
  if (!vectors) return vectors.error();
  std::ranges::copy(directions_.vectors(), vectors.value().begin());
  return {};
}

// By the samples and back again, until the directions have settled.
Status LogisticDesign::multiply_directions() {
  const Result<bool> multiplied = advance();
  if (!multiplied) return multiplied.error();
  if (!multiplied.value()) return {};
  const std::size_t count = directions_.count();
  if (left_ == rows_.data()) {
    const std::vector<float> logits(product().begin(), product().end());
    const Result<std::span<float>> vectors = begin(Map::kGradients, count);
    if (!vectors) return vectors.error();
    turn_over(logits, count, vectors.value());
    return {};
  }
  if (directions_.improve(product(), row_count_, total_variance_)) {
    stage_ = Stage::kReady;
    return {};
  }
  const Result<std::span<float>> vectors = begin(Map::kLogits, count);
  if (!vectors) return vectors.error();
  std::ranges::copy(directions_.vectors(), vectors.value().begin());
  return {};
}

Result<std::span<float>> LogisticDesign::begin(Map map, std::size_t count) {
  const bool in_samples = coordinates_ == Coordinates::kSamples;
  const bool logits = map == Map::kLogits;
  left_ = in_samples ? gram_.data() : logits ? rows_.data() : transposed_.data();
  left_rows_ = in_samples || logits ? row_count_ : feature_count_;
  inner_count_ = in_samples || !logits ? row_count_ : feature_count_;
  vector_count_ = count;
  done_rows_ = 0;
  if (const Status room = ensure_size(vectors_, count * inner_count_); !room) return room.error();
  if (const Status room = ensure_size(out_, count * left_rows_); !room) return room.error();
  return vectors_.span().first(count * inner_count_);
}

Result<bool> LogisticDesign::advance() {
  const std::size_t per_row = std::max<std::size_t>(1, inner_count_ * vector_count_);
  // Not fewer than 128 rows: each slice packs the vectors again.
  const std::size_t slice = std::max<std::size_t>(128, kMultiplyAddsPerSlice / per_row);
  const std::size_t row_count = std::min(slice, left_rows_ - done_rows_);
  const Status status = product_.run({.left = left_ + done_rows_ * inner_count_,
                                      .right = vectors_.data(),
                                      .out = out_.data() + done_rows_ * vector_count_,
                                      .row_count = row_count,
                                      .inner_count = inner_count_,
                                      .column_count = vector_count_});
  if (!status) return status.error();
  done_rows_ += row_count;
  return done_rows_ == left_rows_;
}

std::span<const float> LogisticDesign::product() const {
  return out_.span().first(left_rows_ * vector_count_);
}

std::vector<double> LogisticDesign::weights(std::span<const double> coordinates,
                                            std::size_t class_count) const {
  if (coordinates_ == Coordinates::kFeatures) return {coordinates.begin(), coordinates.end()};
  std::vector<double> weights(class_count * feature_count_, 0.0);
  for (std::size_t i = 0; i < row_count_; ++i) {
    const float* values = rows_.data() + i * feature_count_;
    for (std::size_t c = 0; c < class_count; ++c) {
      const double factor = coordinates[c * row_count_ + i];
      double* out = weights.data() + c * feature_count_;
      for (std::size_t j = 0; j < feature_count_; ++j) out[j] += factor * static_cast<double>(values[j]);
    }
  }
  return weights;
}

}  // namespace headstart
