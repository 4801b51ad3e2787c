#include "advice/neighbours.h"

#include <algorithm>
#include <cassert>
#include <cmath>
#include <utility>

namespace headstart {

Result<Neighbours> Neighbours::create(std::span<const float> features, std::size_t feature_count,
                                      const ComputePool& pool) {
  Result<MatrixProduct> product = MatrixProduct::create(RightLayout::kColumnsByInner, pool);
  if (!product) return product.error();
  Neighbours made(std::move(product).value(), feature_count);
  made.row_count_ = feature_count == 0 ? 0 : features.size() / feature_count;
  const std::size_t block = std::min(made.row_count_, kBlockRows);
  const std::pair<PaddedBuffer<float>*, std::size_t> buffers[] = {
      {&made.rows_, made.row_count_ * feature_count},
      {&made.queries_, std::max<std::size_t>(block, 1) * feature_count},
      {&made.products_, std::max<std::size_t>(block, 1) * made.row_count_}};
  for (const auto& [buffer, count] : buffers) {
    Result<PaddedBuffer<float>> room = PaddedBuffer<float>::create(count);
    if (!room) return room.error();
    *buffer = std::move(room).value();
  }
  std::vector<double> sums(feature_count);
  for (std::size_t row = 0; row < made.row_count_; ++row) {
    for (std::size_t j = 0; j < feature_count; ++j) {
      sums[j] += static_cast<double>(features[row * feature_count + j]);
    }
  }
  for (const double sum : sums) {
    made.origin_.push_back(static_cast<float>(sum / static_cast<double>(made.row_count_)));
  }
  for (std::size_t row = 0; row < made.row_count_; ++row) {
    made.standardise(features.subspan(row * feature_count, feature_count),
                     made.rows_.span().subspan(row * feature_count, feature_count));
  }
  return made;
}

std::size_t Neighbours::memory_bytes() const {
  return rows_.size_bytes() + queries_.size_bytes() + products_.size_bytes() + origin_.size() * sizeof(float);
}

void Neighbours::standardise(std::span<const float> from, std::span<float> to) const {
  double square = 0;
  for (std::size_t j = 0; j < from.size(); ++j) {
    const double centred = static_cast<double>(from[j]) - static_cast<double>(origin_[j]);
    square += centred * centred;
  }
  const double scale = square > 0 ? 1 / std::sqrt(square) : 0;
  for (std::size_t j = 0; j < from.size(); ++j) {
    to[j] = static_cast<float>((static_cast<double>(from[j]) - static_cast<double>(origin_[j])) * scale);
  }
}

Result<std::span<const float>> Neighbours::similarities(std::size_t count) {
  // The product packs its right-hand side: the queries, which are fewer. It comes out as [row_count, count].
  MatrixProduct::Operands operands;
  operands.left = rows_.data();
  operands.right = queries_.data();
  operands.out = products_.data();
  operands.row_count = row_count_;
  operands.inner_count = feature_count_;
  operands.column_count = count;
  const Status status = product_.run(operands);
  if (!status) return status.error();
  return std::span<const float>(products_.span().first(count * row_count_));
}

Result<std::span<const float>> Neighbours::to(std::span<const float> features) {
  return to_others(features, 1);
}

Result<std::span<const float>> Neighbours::to_rows(std::size_t begin, std::size_t count) {
  assert(count <= kBlockRows && begin + count <= row_count_);
  const auto from = rows_.span().subspan(begin * feature_count_, count * feature_count_);
  std::copy(from.begin(), from.end(), queries_.data());
  return similarities(count);
}

Result<std::span<const float>> Neighbours::to_others(std::span<const float> features, std::size_t count) {
  assert(features.size() == count * feature_count_ &&
         count <= std::max<std::size_t>(1, std::min(row_count_, kBlockRows)));
  for (std::size_t row = 0; row < count; ++row) {
    standardise(features.subspan(row * feature_count_, feature_count_),
                queries_.span().subspan(row * feature_count_, feature_count_));
  }
  return similarities(count);
}

}  // namespace headstart
