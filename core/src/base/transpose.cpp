#include "base/transpose.h"

#include "base/parallel.h"
#include "base/vec4.h"

namespace headstart {
namespace {

// A tile of 64 x 64 floats is 16 KiB: source and target fit a first-level cache together.
constexpr std::size_t kTile = 64;

// One tile of a transposition: rows and columns in steps of four, what is left one by one.
void transpose_tile(const float* in, std::size_t in_stride, float* out, std::size_t out_stride,
                    std::size_t row_count, std::size_t column_count) {
  const std::size_t whole_rows = row_count / kLanes * kLanes;
  const std::size_t whole_columns = column_count / kLanes * kLanes;
  for (std::size_t column = 0; column < whole_columns; column += kLanes) {
    for (std::size_t row = 0; row < whole_rows; row += kLanes) {
      const float* from = in + row * in_stride + column;
      Vec4 a = load4(from);
      Vec4 b = load4(from + in_stride);
      Vec4 c = load4(from + 2 * in_stride);
      Vec4 d = load4(from + 3 * in_stride);
      transpose4(a, b, c, d);
      float* to = out + column * out_stride + row;
      store4(to, a);
      store4(to + out_stride, b);
      store4(to + 2 * out_stride, c);
      store4(to + 3 * out_stride, d);
    }
  }
  for (std::size_t row = 0; row < row_count; ++row) {
    const std::size_t first = row < whole_rows ? whole_columns : 0;
    for (std::size_t column = first; column < column_count; ++column) {
      out[column * out_stride + row] = in[row * in_stride + column];
    }
  }
}

}  // namespace

void transpose(const float* in, std::size_t row_count, std::size_t column_count, float* out,
               pthreadpool* pool) {
  const std::size_t tile_columns = (column_count + kTile - 1) / kTile;
  const std::size_t tile_rows = (row_count + kTile - 1) / kTile;
  parallel_for(pool, tile_rows * tile_columns, [&](std::size_t index) {
    const std::size_t row = index / tile_columns * kTile;
    const std::size_t column = index % tile_columns * kTile;
    const std::size_t rows = row_count - row < kTile ? row_count - row : kTile;
    const std::size_t columns = column_count - column < kTile ? column_count - column : kTile;
    transpose_tile(in + row * column_count + column, column_count, out + column * row_count + row, row_count,
                   rows, columns);
  });
}

}  // namespace headstart
