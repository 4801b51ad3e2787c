// A matrix turned over, for products whose operands lie the other way.
#pragma once

#include <pthreadpool.h>

#include <cstddef>

namespace headstart {

// out [column_count, row_count] = in [row_count, column_count]ᵀ.
void transpose(const float* in, std::size_t row_count, std::size_t column_count, float* out,
               pthreadpool* pool);

}  // namespace headstart
