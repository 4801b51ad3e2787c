// How much memory an interpreter on a microcontroller needs for a model.
#pragma once

#include <cstddef>

#include "export/tflite_file.h"

namespace headstart {

// TensorFlow Lite Micro's arena: the maps, planned as its greedy planner does (each tensor, the largest
// first, at the lowest place that is free while it lives), and an allowance for what it keeps of operators
// and of channels.
[[nodiscard]] std::size_t tflite_arena_bytes(const TfliteFile& file);

}  // namespace headstart
