// int8 matrix products for relaxed SIMD, in place of XNNPACK's 4x8c8 kernels.
//
// Those sum two columns per vector, which takes sixteen vectors of sums and their weights: more than the
// fifteen registers that browsers have on x86. Here a lane is a column, for which four activations are spread
// over the vector: ten vectors of sums, two of weights, one of activations, and nothing to add up at the end.
#include "qs8_gemm.h"

#include <stdbool.h>

#include "qs8_parts.h"

enum { kDepth = 4 };

// sums [row_count] += activations a [row_count][depth] times weights [depth / 4][8][4]; returns the weights
// after those. Moves `a` on.
INLINE const int8_t* multiply(const size_t row_count, const bool flips, v128_t mask, struct Eight* sums,
                              const int8_t** a, const int8_t* weights, size_t depth) {
  const int8_t* const end = weights + (depth + kDepth - 1) / kDepth * sizeof(struct Eight);
  do {
    const struct Eight now = load_eight(weights);
    UNROLLED for (size_t row = 0; row < row_count; ++row) {
      v128_t spread = wasm_v128_load32_splat(a[row]);
      if (flips) spread = wasm_v128_xor(spread, mask);
      sums[row].part[0] = dot_add(now.part[0], spread, sums[row].part[0]);
      sums[row].part[1] = dot_add(now.part[1], spread, sums[row].part[1]);
      a[row] += kDepth;
    }
    weights += sizeof(struct Eight);
  } while (weights != end);
  return weights;
}

// Rows of the output. Those that the caller does not have are the last one again.
INLINE void find_outputs(const size_t row_count, size_t mr, int8_t* c, size_t stride, int8_t** outputs) {
  UNROLLED for (size_t row = 0; row < row_count; ++row) {
    if (row != 0 && row < mr) c += stride;
    outputs[row] = c;
  }
}

INLINE void finish(const size_t row_count, const struct Eight* sums, const int8_t* weights,
                   const struct Requantization* stored, int8_t** outputs, size_t column_count,
                   size_t cn_stride) {
  LOAD_FROM_HERE(stored);
  const struct Requantization to = *stored;
  const struct Eight scales = load_eight(weights);
  UNROLLED for (size_t row = 0; row < row_count; row += 2) {
    const v128_t first = requantize(sums[row], scales, to);
    const bool is_pair = row + 1 < row_count;
    const v128_t bytes = narrow(first, is_pair ? requantize(sums[row + 1], scales, to) : first, to);
    store_bytes(outputs[row], bytes, column_count);
    outputs[row] += cn_stride;
    if (!is_pair) break;
    store_bytes(outputs[row + 1], wasm_i64x2_shuffle(bytes, bytes, 1, 1), column_count);
    outputs[row + 1] += cn_stride;
  }
}

INLINE void gemm(const size_t row_count, const bool flips, size_t mr, size_t nc, size_t kc, const int8_t* a,
                 size_t a_stride, const int8_t* weights, int8_t* c, size_t cm_stride, size_t cn_stride,
                 const union xnn_qs8_qc8w_conv_minmax_params* params) {
  const struct Requantization to = requantization(params);
  const v128_t mask = sign_mask();
  int8_t* outputs[kQs8GemmRows];
  find_outputs(row_count, mr, c, cm_stride, outputs);
  for (;;) {
    const int8_t* inputs[kQs8GemmRows];
    find_outputs(row_count, mr, (int8_t*)a, a_stride, (int8_t**)inputs);
    struct Eight sums[kQs8GemmRows];
    UNROLLED for (size_t row = 0; row < row_count; ++row) sums[row] = load_eight(weights);
    weights = multiply(row_count, flips, mask, sums, inputs, weights + sizeof(struct Eight), kc);
    finish(row_count, sums, weights, &to, outputs, nc, cn_stride);
    if (nc <= kQs8Tile) return;
    nc -= kQs8Tile;
    weights += sizeof(struct Eight);
  }
}

INLINE void igemm(const size_t row_count, const bool flips, size_t mr, size_t nc, size_t kc, size_t ks,
                  const int8_t** a, const int8_t* weights, int8_t* c, size_t cm_stride, size_t cn_stride,
                  size_t a_offset, const int8_t* zero, const union xnn_qs8_qc8w_conv_minmax_params* params) {
  const struct Requantization to = requantization(params);
  const v128_t mask = sign_mask();
  int8_t* outputs[kQs8GemmRows];
  find_outputs(row_count, mr, c, cm_stride, outputs);
  const int8_t** const end = (const int8_t**)((char*)a + ks);
  for (;;) {
    struct Eight sums[kQs8GemmRows];
    UNROLLED for (size_t row = 0; row < row_count; ++row) sums[row] = load_eight(weights);
    weights += sizeof(struct Eight);
    for (const int8_t** tap = a; tap != end; tap += row_count) {
      const int8_t* inputs[kQs8GemmRows];
      UNROLLED for (size_t row = 0; row < row_count; ++row) {
        inputs[row] = tap[row] == zero ? zero : tap[row] + a_offset;
      }
      weights = multiply(row_count, flips, mask, sums, inputs, weights, kc);
    }
    finish(row_count, sums, weights, &to, outputs, nc, cn_stride);
    if (nc <= kQs8Tile) return;
    nc -= kQs8Tile;
    weights += sizeof(struct Eight);
  }
}

#define DEFINE_KERNELS(name, row_count, flips)                                                            \
  HEADSTART_QS8_GEMM(name) {                                                                              \
    gemm(row_count, flips, mr, nc, kc, a, a_stride, (const int8_t*)w, c, cm_stride, cn_stride, params);   \
  }                                                                                                       \
  HEADSTART_QS8_IGEMM(name) {                                                                             \
    igemm(row_count, flips, mr, nc, kc, ks, a, (const int8_t*)w, c, cm_stride, cn_stride, a_offset, zero, \
          params);                                                                                        \
  }

DEFINE_KERNELS(1x8_sdot, 1, false)
DEFINE_KERNELS(5x8_sdot, kQs8GemmRows, false)
DEFINE_KERNELS(1x8_usdot, 1, true)
DEFINE_KERNELS(5x8_usdot, kQs8GemmRows, true)
