#include "network/tflite_quantisation.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <limits>
#include <string_view>

#include "files/decimal.h"

namespace headstart::tflite {
namespace {

constexpr ElementType kInt16{7};  // of maps only

struct WholeNumbers {
  ElementType type;
  std::string_view name;
  std::int64_t lowest;
  std::int64_t highest;
  bool is_scaled;  // wherever there is one; of the others there are counts and axes too
};

template <typename Number>
constexpr WholeNumbers numbers_of(ElementType type, std::string_view name, bool is_scaled) {
  return {type, name, std::numeric_limits<Number>::min(), std::numeric_limits<Number>::max(), is_scaled};
}

constexpr std::array<WholeNumbers, 5> kWholeNumbers = {{
    numbers_of<std::uint8_t>(ElementType::kUint8, "uint8", true),
    numbers_of<std::int8_t>(ElementType::kInt8, "int8", true),
    numbers_of<std::int16_t>(kInt16, "int16", true),
    numbers_of<std::int32_t>(ElementType::kInt32, "int32", false),
    numbers_of<std::int64_t>(ElementType::kInt64, "int64", false),
}};

std::string number_text(float value) {
  if (std::isnan(value)) return "no number";
  if (std::isinf(value)) return value > 0 ? "infinity" : "-infinity";
  constexpr float kMostWritten = 1e6F;
  return std::abs(value) < kMostWritten ? write_ratio(static_cast<double>(value)) : std::to_string(value);
}

// " for channel 3" of several.
std::string place_text(const TensorRecord& tensor, std::size_t index) {
  return tensor.scales.size() == 1 ? std::string() : " for channel " + std::to_string(index);
}

bool is_constant(TensorUse use) {
  return use == TensorUse::kConstant || use == TensorUse::kCounts;
}

// Their numbers: of scales one, or one for each channel; of zero points as many.
std::optional<std::string> count_fault(const TensorRecord& tensor, TensorUse use) {
  const std::size_t dimension = tensor.channel_dimension;
  const std::size_t count = tensor.scales.size();
  const bool is_by_channel = is_constant(use) && dimension < tensor.shape.size();
  if (count != 1 && !(is_by_channel && count == tensor.shape[dimension])) {
    const std::string each =
        is_by_channel ? ", or one for each of " + std::to_string(tensor.shape[dimension]) + " channels" : "";
    return "scales should be one" + each + ", got " + std::to_string(count);
  }
  if (tensor.zero_points.size() == count) return std::nullopt;
  return "zero points should be as many as its scales, " + std::to_string(count) + ", got " +
         std::to_string(tensor.zero_points.size());
}

}  // namespace

std::optional<std::string> quantisation_fault(const TensorRecord& tensor, TensorUse use) {
  const auto* const numbers = std::ranges::find(kWholeNumbers, tensor.type, &WholeNumbers::type);
  if (numbers == kWholeNumbers.end()) return std::nullopt;
  if (tensor.scales.empty()) {
    if (!numbers->is_scaled || use == TensorUse::kPicture || use == TensorUse::kCounts) return std::nullopt;
    return "numbers in " + std::string(numbers->name) + " should have a scale, got none";
  }
  if (auto fault = count_fault(tensor, use)) return fault;
  for (std::size_t i = 0; i < tensor.scales.size(); ++i) {
    const float scale = tensor.scales[i];
    const std::int64_t zero = tensor.zero_points[i];
    const bool may_be_zero = is_constant(use);
    if (!std::isfinite(scale) || scale < 0 || (scale == 0 && !may_be_zero)) {
      return "scale" + place_text(tensor, i) + " should be a finite number above 0, got " +
             number_text(scale);
    }
    if (zero < numbers->lowest || zero > numbers->highest) {
      return "zero point" + place_text(tensor, i) + " should be from " + std::to_string(numbers->lowest) +
             " to " + std::to_string(numbers->highest) + ", as its numbers in " + std::string(numbers->name) +
             ", got " + std::to_string(zero);
    }
  }
  return std::nullopt;
}

}  // namespace headstart::tflite
