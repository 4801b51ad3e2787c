#include "training/discriminant/discriminant_fit.h"

#include <algorithm>
#include <cmath>
#include <tuple>
#include <utility>

#include "base/cholesky.h"
#include "base/dot.h"
#include "head/transform.h"

namespace headstart {
namespace {

constexpr std::size_t kMostScatterRows = 1024;
constexpr std::size_t kGramBlock = 64;
// Of the variance of all rows, which is one for each map: where one picture of each class is left, what lies
// below is rounding.
constexpr double kLeastVariance = 1e-3;
constexpr std::size_t kMultiplyAddsPerSlice = std::size_t{1} << 22U;

}  // namespace

DiscriminantFit::DiscriminantFit(const TrainingRows& rows, std::vector<std::uint32_t> row_classes,
                                 std::size_t class_count, MatrixProduct by_inner, MatrixProduct by_columns)
    : class_count_(class_count),
      feature_count_(rows.feature_count()),
      row_count_(rows.row_count()),
      scatter_count_(std::min(row_count_, kMostScatterRows)),
      by_inner_(std::move(by_inner)),
      by_columns_(std::move(by_columns)),
      row_classes_(std::move(row_classes)) {
  for (std::size_t i = 0; i < scatter_count_; ++i) {
    scatter_rows_.push_back(static_cast<std::uint32_t>(i * row_count_ / scatter_count_));
  }
}

Result<DiscriminantFit> DiscriminantFit::create(const TrainingRows& rows,
                                                std::vector<std::uint32_t> row_classes,
                                                std::size_t class_count, SecondLook second_look,
                                                const ComputePool& pool) {
  Result<MatrixProduct> by_inner = MatrixProduct::create(RightLayout::kColumnsByInner, pool);
  if (!by_inner) return by_inner.error();
  Result<MatrixProduct> by_columns = MatrixProduct::create(RightLayout::kInnerByColumns, pool);
  if (!by_columns) return by_columns.error();
  DiscriminantFit fit(rows, std::move(row_classes), class_count, std::move(by_inner).value(),
                      std::move(by_columns).value());
  const bool looks_twice = second_look != SecondLook::kNo;
  if (const Status room = fit.make_room(looks_twice ? rows.sample_count() : 0); !room) return room.error();
  fit.copy_rows(rows);
  if (looks_twice) fit.copy_looks(rows);
  return fit;
}

Status DiscriminantFit::make_room(std::size_t looked_count) {
  const std::pair<PaddedBuffer<float>*, std::size_t> buffers[] = {
      {&rows_, row_count_ * feature_count_},          {&looked_, looked_count * feature_count_},
      {&scattered_, scatter_count_ * feature_count_}, {&gram_, scatter_count_ * scatter_count_},
      {&means_, class_count_ * feature_count_},       {&along_means_, scatter_count_ * class_count_},
      {&mean_products_, class_count_ * class_count_}, {&shares_, class_count_ * scatter_count_},
      {&sums_, class_count_ * feature_count_}};
  for (const auto& [buffer, size] : buffers) {
    Result<PaddedBuffer<float>> made = PaddedBuffer<float>::create(size);
    if (!made) return made.error();
    *buffer = std::move(made).value();
  }
  return {};
}

void DiscriminantFit::copy_rows(const TrainingRows& rows) {
  const auto own = [&](std::size_t r) { return rows_.span().subspan(r * feature_count_, feature_count_); };
  for (std::size_t r = 0; r < row_count_; ++r) {
    rows.copy_row(r, own(r));
    transform_features(rows.transform(), rows.map_sizes(), own(r));
  }
  standardisation_ =
      standardisation_of(rows_.span().first(row_count_ * feature_count_), rows.map_sizes(), Scaling::kByMap);
  give_shares(rows);
  for (std::size_t r = 0; r < row_count_; ++r) standardise(own(r), standardisation_, own(r));
  for (std::size_t i = 0; i < scatter_count_; ++i) {
    std::copy_n(row(scatter_rows_[i]), feature_count_, scattered_.data() + i * feature_count_);
  }
}

// All maps have the same share of a row's mean squared length so far.
void DiscriminantFit::give_shares(const TrainingRows& rows) {
  const std::span<const std::size_t> sizes = rows.map_sizes();
  std::size_t begin = 0;
  for (std::size_t map = 0; map < sizes.size(); ++map) {
    const double factor = std::sqrt(rows.shares()[map] * static_cast<double>(sizes.size()));
    for (std::size_t j = begin; j < begin + sizes[map]; ++j) standardisation_.scales[j] *= factor;
    begin += sizes[map];
  }
}

void DiscriminantFit::copy_looks(const TrainingRows& rows) {
  for (std::size_t i = 0; i < rows.sample_count(); ++i) {
    const std::span<float> own = looked_.span().subspan(i * feature_count_, feature_count_);
    rows.copy_mean_row(i, mirror_row(rows, i), own);
    transform_features(rows.transform(), rows.map_sizes(), own);
    standardise(own, standardisation_, own);
  }
}

Result<bool> DiscriminantFit::prepare() {
  if (gram_done_ == scatter_count_) return true;
  const std::size_t width = std::min(kGramBlock, scatter_count_ - gram_done_);
  const Status multiplied = by_inner_.run({.left = scattered_.data(),
                                           .right = scattered_.data() + gram_done_ * feature_count_,
                                           .out = gram_.data() + gram_done_,
                                           .row_count = scatter_count_,
                                           .inner_count = feature_count_,
                                           .column_count = width,
                                           .out_stride = scatter_count_});
  gram_done_ += width;
  if (!multiplied) return multiplied.error();
  return gram_done_ == scatter_count_;
}

double DiscriminantFit::prepared_fraction() const {
  return static_cast<double>(gram_done_) / static_cast<double>(scatter_count_);
}

double DiscriminantFit::fitted_fraction() const {
  return static_cast<double>(factored_) / static_cast<double>(std::max<std::size_t>(1, fitted_rows_.size()));
}

void DiscriminantFit::fit_means(std::span<const std::uint8_t> is_training) {
  std::vector<double> sums(class_count_ * feature_count_, 0.0);
  std::vector<double> counts(class_count_, 0.0);
  for (std::size_t r = 0; r < row_count_; ++r) {
    if (is_training[r] == 0) continue;
    counts[row_classes_[r]] += 1;
    double* sum = sums.data() + row_classes_[r] * feature_count_;
    for (std::size_t j = 0; j < feature_count_; ++j) sum[j] += static_cast<double>(row(r)[j]);
  }
  for (std::size_t k = 0; k < sums.size(); ++k) {
    means_.data()[k] = static_cast<float>(sums[k] / counts[k / feature_count_]);
  }
}

Status DiscriminantFit::start(std::span<const std::uint8_t> is_training) {
  fit_means(is_training);
  fitted_rows_.clear();
  for (std::uint32_t i = 0; i < scatter_count_; ++i) {
    if (is_training[scatter_rows_[i]] != 0) fitted_rows_.push_back(i);
  }
  for (const auto& [left, count, out] :
       {std::tuple{&scattered_, scatter_count_, &along_means_}, {&means_, class_count_, &mean_products_}}) {
    const Status multiplied = by_inner_.run({.left = left->data(),
                                             .right = means_.data(),
                                             .out = out->data(),
                                             .row_count = count,
                                             .inner_count = feature_count_,
                                             .column_count = class_count_});
    if (!multiplied) return multiplied;
  }
  double trace = 0;
  for (std::size_t i = 0; i < fitted_rows_.size(); ++i) trace += static_cast<double>(within_product(i, i));
  variance_ = std::max(kLeastVariance, trace / static_cast<double>(fitted_rows_.size()));
  return {};
}

void DiscriminantFit::shrink(double ridge) {
  ridge_ = ridge * variance_;
  factor_.resize(fitted_rows_.size() * fitted_rows_.size());
  factored_ = 0;
}

Result<bool> DiscriminantFit::step() {
  if (factored_ < fitted_rows_.size()) {
    factorise_slice();
    return false;
  }
  const Status finished = finish();
  if (!finished) return finished.error();
  return true;
}

// Cholesky's factor of m a I + G, row by row.
void DiscriminantFit::factorise_slice() {
  const std::size_t size = fitted_rows_.size();
  const auto ridge = static_cast<float>(static_cast<double>(size) * ridge_);
  for (std::size_t done = 0; factored_ < size && done < kMultiplyAddsPerSlice; ++factored_) {
    float* own = factor_.data() + factored_ * size;
    for (std::size_t j = 0; j <= factored_; ++j) own[j] = within_product(factored_, j);
    factorise_row(factor_.data(), size, factored_, ridge);
    done += factored_ * factored_ / 2 + 1;
  }
}

Status DiscriminantFit::finish() {
  const std::size_t size = fitted_rows_.size();
  std::fill(shares_.span().begin(), shares_.span().end(), 0.0F);
  std::vector<double> of_class(class_count_ * class_count_, 0.0);  // shares summed by the rows' classes
  std::vector<float> values(size);
  for (std::size_t c = 0; c < class_count_; ++c) {
    for (std::size_t i = 0; i < size; ++i) values[i] = along_mean(i, c) - mean_product(class_of(i), c);
    solve_lower(factor_.data(), size, values.data());
    solve_upper(factor_.data(), size, values.data());
    for (std::size_t i = 0; i < size; ++i) {
      shares_.data()[c * scatter_count_ + fitted_rows_[i]] = values[i];
      of_class[c * class_count_ + class_of(i)] += static_cast<double>(values[i]);
    }
  }
  const Status multiplied = by_columns_.run({.left = shares_.data(),
                                             .right = scattered_.data(),
                                             .out = sums_.data(),
                                             .row_count = class_count_,
                                             .inner_count = scatter_count_,
                                             .column_count = feature_count_});
  if (!multiplied) return multiplied;
  weights_.assign(class_count_ * feature_count_, 0.0);
  biases_.assign(class_count_, 0.0);
  for (std::size_t c = 0; c < class_count_; ++c) {
    double* out = weights_.data() + c * feature_count_;
    for (std::size_t e = 0; e < class_count_; ++e) {
      const double share = of_class[c * class_count_ + e] + (c == e ? 1 : 0);
      const float* mean = means_.data() + e * feature_count_;
      for (std::size_t j = 0; j < feature_count_; ++j) out[j] += share * static_cast<double>(mean[j]);
    }
    const float* mean = means_.data() + c * feature_count_;
    for (std::size_t j = 0; j < feature_count_; ++j) {
      out[j] -= static_cast<double>(sums_.data()[c * feature_count_ + j]);
      biases_[c] -= 0.5 * out[j] * static_cast<double>(mean[j]);
    }
  }
  rounded_weights_.assign(weights_.begin(), weights_.end());
  return {};
}

double DiscriminantFit::logit(std::size_t sample_index, std::size_t class_index) const {
  const float* weights = rounded_weights_.data() + class_index * feature_count_;
  const float* own = (looked_.size() > 0 ? looked_.data() : rows_.data()) + sample_index * feature_count_;
  return biases_[class_index] + static_cast<double>(dot(own, weights, feature_count_));
}

}  // namespace headstart
