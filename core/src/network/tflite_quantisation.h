// Whether a .tflite says what numbers its bytes stand for, whatever they are computed in.
#pragma once

#include <cstdint>
#include <optional>
#include <string>

#include "network/tflite_model.h"

namespace headstart::tflite {

// What a tensor is to the operator that names it.
enum class TensorUse : std::uint8_t {
  kMap,       // has one scale
  kConstant,  // one, or one for each channel
  kCounts,    // the same, or none: axes, sides or a shape
  kPicture,   // one, or none: its bytes may be plain pixels
};

// What is wrong with a tensor's scales and zero points, to stand behind "whose": "scale for channel 3 should
// be a finite number above 0, got -1". None where they are usable, or the tensor holds floats. A constant's
// scale may be 0: TensorFlow's converter writes that for channels without any weight but zero, and
// constant_values makes sure of these.
[[nodiscard]] std::optional<std::string> quantisation_fault(const TensorRecord& tensor, TensorUse use);

}  // namespace headstart::tflite
