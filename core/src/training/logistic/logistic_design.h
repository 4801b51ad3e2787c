// The samples as logistic regression sees them: standardised, and multiplied in whichever of two ways is
// cheaper.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

#include "base/matrix_product.h"
#include "headstart/buffer.h"
#include "headstart/compute.h"
#include "headstart/status.h"
#include "training/logistic/leading_directions.h"
#include "training/standardisation.h"
#include "training/training_rows.h"

namespace headstart {

// How weights are written down while they are fitted.
enum class Coordinates : std::uint8_t {
  // With at most as many samples as features. Every gradient, and so every weight vector that gradients lead
  // to, is a sum of samples (the representer theorem, Schoelkopf et al. 2001): w = sum_i a_i x~_i. The a_i
  // are the coordinates; logits and inner products need the Gram matrix of the samples alone.
  kSamples,
  // Otherwise: the weights themselves.
  kFeatures,
};

// Owns a copy of the samples. Prepared in slices, then a fixed linear map between coordinates and logits.
class LogisticDesign {
 public:
  // `samples`, with the views among them, are copied.
  static Result<LogisticDesign> create(const TrainingRows& samples, const ComputePool& pool);

  // Does one slice of the preparation; call until it says true.
  Result<bool> prepare();
  [[nodiscard]] double prepared_fraction() const;

  [[nodiscard]] Coordinates coordinates() const { return coordinates_; }
  [[nodiscard]] std::size_t row_count() const { return row_count_; }  // samples and views
  [[nodiscard]] std::size_t feature_count() const { return feature_count_; }
  [[nodiscard]] std::size_t coordinate_count() const {
    return coordinates_ == Coordinates::kSamples ? row_count_ : feature_count_;
  }
  [[nodiscard]] const Standardisation& standardisation() const { return standardisation_; }

  // How the samples vary, where there are more of them than features and many of those; else empty.
  [[nodiscard]] const LeadingDirections& directions() const { return directions_; }

  // The two products, in slices: begin, then advance until it says true, then read product().
  // kLogits: `vectors` [count, coordinate_count] to [row_count, count].
  // kGradients (kFeatures only): `vectors` [count, row_count] to [feature_count, count].
  // With kSamples, kLogits serves both, because the Gram matrix is symmetric.
  enum class Map : std::uint8_t { kLogits, kGradients };
  Result<std::span<float>> begin(Map map, std::size_t count);  // the place to write `vectors`
  Result<bool> advance();
  [[nodiscard]] std::span<const float> product() const;  // valid until the next begin()

  // Weights over the standardised features: `coordinates` [class_count, coordinate_count] to
  // [class_count, feature_count].
  [[nodiscard]] std::vector<double> weights(std::span<const double> coordinates,
                                            std::size_t class_count) const;

 private:
  enum class Stage : std::uint8_t { kMoments, kScale, kGram, kTranspose, kDirections, kReady };

  LogisticDesign(const TrainingRows& samples, MatrixProduct product);

  void add_moments();
  void finish_moments();
  void scale_rows();
  Status add_gram_block();
  Status transpose_rows();
  Status begin_directions();
  Status multiply_directions();
  [[nodiscard]] float* row(std::size_t index) { return rows_.data() + index * feature_count_; }

  std::size_t row_count_;
  std::size_t feature_count_;
  std::vector<std::size_t> map_sizes_;  // sum: feature_count
  Coordinates coordinates_;
  Stage stage_ = Stage::kMoments;
  std::size_t next_row_ = 0;
  std::size_t gram_done_ = 0;  // rows of the block of columns under way
  bool means_known_ = false;
  Standardisation standardisation_;
  std::vector<double> sums_;   // [feature_count]
  double total_variance_ = 0;  // of the standardised features
  LeadingDirections directions_;
  PaddedBuffer<float> rows_;        // [row_count, feature_count], standardised once prepared
  PaddedBuffer<float> gram_;        // [row_count, row_count], kSamples
  PaddedBuffer<float> transposed_;  // [feature_count, row_count], kFeatures
  MatrixProduct product_;

  // The product under way.
  PaddedBuffer<float> vectors_;
  PaddedBuffer<float> out_;
  const float* left_ = nullptr;
  std::size_t left_rows_ = 0;
  std::size_t inner_count_ = 0;
  std::size_t vector_count_ = 0;
  std::size_t done_rows_ = 0;
};

}  // namespace headstart
