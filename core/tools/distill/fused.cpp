// Batch norm with an optional ReLU6 in one pass over channels-last maps, forward and backward, for training
// on processors.
//
// Maps are [row_count, channel_count] floats, a row being one position of one picture. With xhat = (x - mean)
// * inv_std and y = clamp(gamma * xhat + beta, 0, 6) (or without the clamp), where g = dL/dy inside the clamp
// and 0 outside:
//   dL/dbeta = sum g,   dL/dgamma = sum g * xhat,   dL/dx = gamma * inv_std * (g - mean(g) - xhat * mean(g *
//   xhat)).
// Ioffe & Szegedy 2015, "Batch Normalization". One thread: the program runs one process per core.

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <vector>

namespace {

// Rows that are summed in float before the sums go on in double.
constexpr int64_t kBlockRows = 256;

template <typename Row>
void for_each_block(int64_t row_count, Row&& visit) {
  for (int64_t begin = 0; begin < row_count; begin += kBlockRows)
    visit(begin, std::min(begin + kBlockRows, row_count));
}

}  // namespace

extern "C" {

// Writes mean, variance (both over the rows) and y.
void batch_norm_forward(const float* __restrict x, const float* __restrict gamma,
                        const float* __restrict beta, float epsilon, int32_t clamp, int64_t row_count,
                        int64_t channel_count, float* __restrict mean, float* __restrict variance,
                        float* __restrict y) {
  const int64_t channels = channel_count;
  std::vector<double> total(channels, 0), total_square(channels, 0);
  std::vector<float> sum_storage(channels), square_storage(channels), shift_storage(x, x + channels);
  float* __restrict sum = sum_storage.data();
  float* __restrict square = square_storage.data();
  const float* __restrict shift = shift_storage.data();  // the first row: sums of x - shift cancel less
  for_each_block(row_count, [&](int64_t begin, int64_t end) {
    std::fill_n(sum, channels, 0.f);
    std::fill_n(square, channels, 0.f);
    for (int64_t row = begin; row < end; ++row) {
      const float* __restrict values = x + row * channels;
      for (int64_t c = 0; c < channels; ++c) {
        const float value = values[c] - shift[c];
        sum[c] += value;
        square[c] += value * value;
      }
    }
    for (int64_t c = 0; c < channels; ++c) total[c] += sum[c], total_square[c] += square[c];
  });
  std::vector<float> scale_storage(channels), offset_storage(channels);
  float* __restrict scale = scale_storage.data();
  float* __restrict offset = offset_storage.data();
  for (int64_t c = 0; c < channels; ++c) {
    const double shifted_mean = total[c] / row_count;
    mean[c] = static_cast<float>(shifted_mean + shift[c]);
    variance[c] =
        static_cast<float>(std::max(0.0, total_square[c] / row_count - shifted_mean * shifted_mean));
    scale[c] = gamma[c] / std::sqrt(variance[c] + epsilon);
    offset[c] = beta[c] - mean[c] * scale[c];
  }
  const float low = clamp ? 0.f : -INFINITY, high = clamp ? 6.f : INFINITY;
  for (int64_t row = 0; row < row_count; ++row) {
    const float* __restrict values = x + row * channels;
    float* __restrict results = y + row * channels;
    for (int64_t c = 0; c < channels; ++c)
      results[c] = std::min(std::max(values[c] * scale[c] + offset[c], low), high);
  }
}

// Writes grad_x, grad_gamma and grad_beta.
void batch_norm_backward(const float* __restrict x, const float* __restrict grad_y,
                         const float* __restrict gamma, const float* __restrict beta,
                         const float* __restrict mean, const float* __restrict variance, float epsilon,
                         int32_t clamp, int64_t row_count, int64_t channel_count, float* __restrict grad_x,
                         float* __restrict grad_gamma, float* __restrict grad_beta) {
  const int64_t channels = channel_count;
  std::vector<float> storage(channels * 8);
  float* __restrict scale = storage.data();
  float* __restrict offset = scale + channels;
  float* __restrict inv_std = offset + channels;
  float* __restrict sum = inv_std + channels;
  float* __restrict product = sum + channels;
  float* __restrict from_grad = product + channels;
  float* __restrict from_x = from_grad + channels;
  float* __restrict constant = from_x + channels;
  for (int64_t c = 0; c < channels; ++c) {
    inv_std[c] = 1 / std::sqrt(variance[c] + epsilon);
    scale[c] = gamma[c] * inv_std[c];
    offset[c] = beta[c] - mean[c] * scale[c];
  }
  const float low = clamp ? 0.f : -INFINITY, high = clamp ? 6.f : INFINITY;
  std::vector<double> total(channels, 0), total_product(channels, 0);
  for_each_block(row_count, [&](int64_t begin, int64_t end) {
    std::fill_n(sum, channels, 0.f);
    std::fill_n(product, channels, 0.f);
    for (int64_t row = begin; row < end; ++row) {
      const float* __restrict values = x + row * channels;
      const float* __restrict grads = grad_y + row * channels;
      for (int64_t c = 0; c < channels; ++c) {
        const float result = values[c] * scale[c] + offset[c];
        const float grad = (result > low) & (result < high) ? grads[c] : 0.f;
        sum[c] += grad;
        product[c] += grad * (values[c] - mean[c]);
      }
    }
    for (int64_t c = 0; c < channels; ++c) total[c] += sum[c], total_product[c] += product[c];
  });
  // grad_x = scale * grad + from_x * x + constant
  for (int64_t c = 0; c < channels; ++c) {
    grad_beta[c] = static_cast<float>(total[c]);
    grad_gamma[c] = static_cast<float>(total_product[c] * inv_std[c]);
    from_grad[c] = scale[c];
    from_x[c] = -scale[c] * inv_std[c] * grad_gamma[c] / row_count;
    constant[c] = -scale[c] * grad_beta[c] / row_count - from_x[c] * mean[c];
  }
  for (int64_t row = 0; row < row_count; ++row) {
    const float* __restrict values = x + row * channels;
    const float* __restrict grads = grad_y + row * channels;
    float* __restrict results = grad_x + row * channels;
    for (int64_t c = 0; c < channels; ++c) {
      const float result = values[c] * scale[c] + offset[c];
      const float grad = (result > low) & (result < high) ? grads[c] : 0.f;
      results[c] = from_grad[c] * grad + from_x[c] * values[c] + constant[c];
    }
  }
}

}  // extern "C"
