#include "files/decimal.h"

#include <cmath>
#include <cstddef>
#include <cstdint>

namespace headstart {
namespace {

// With as few decimals as say the same to seven digits.
std::string write_decimal(double value, int most_decimals) {
  double power = 1;
  std::int64_t digits = std::llround(value);
  int decimals = 0;
  while (decimals < most_decimals &&
         std::abs(static_cast<double>(digits) / power - value) > 1e-7 * std::abs(value)) {
    power *= 10;
    ++decimals;
    digits = std::llround(value * power);
  }
  std::string text = std::to_string(std::abs(digits));
  if (decimals > 0) {
    const auto places = static_cast<std::size_t>(decimals);
    if (text.size() <= places) text.insert(0, places + 1 - text.size(), '0');
    text.insert(text.size() - places, 1, '.');
  }
  return digits < 0 ? "-" + text : text;
}

}  // namespace

std::optional<double> parse_decimal(std::string_view text) {
  constexpr std::size_t kMostDigits =
      15;  // any such number, and any power of ten up to it, is exact in a double
  const bool is_negative = text.starts_with('-');
  if (is_negative) text.remove_prefix(1);
  double digits = 0;
  double power = 1;
  std::size_t digit_count = 0;
  bool has_point = false;
  for (const char character : text) {
    if (character == '.' && !has_point && digit_count > 0) {
      has_point = true;
    } else if (character >= '0' && character <= '9' && digit_count < kMostDigits) {
      digits = digits * 10 + (character - '0');
      if (has_point) power *= 10;
      ++digit_count;
    } else {
      return std::nullopt;
    }
  }
  if (digit_count == 0 || text.back() == '.') return std::nullopt;
  const double magnitude = digits / power;  // one rounding: correct
  return is_negative ? -magnitude : magnitude;
}

std::optional<double> parse_ratio(std::string_view text) {
  const std::size_t slash = text.find('/');
  if (slash == std::string_view::npos) return parse_decimal(text);
  const std::optional<double> above = parse_decimal(text.substr(0, slash));
  const std::optional<double> below = parse_decimal(text.substr(slash + 1));
  if (!above || !below || *below == 0) return std::nullopt;
  return *above / *below;
}

std::string write_ratio(double value) {
  if (value == 0) return "0";
  constexpr int kMostDecimals = 9;
  constexpr int kTidyDecimals = 3;
  const std::string decimal = write_decimal(value, kMostDecimals);
  constexpr double kSmallest = 1e-9;  // its divisor has more digits than a number here
  const std::string divisor = std::abs(value) < kSmallest ? "0" : write_decimal(1 / value, kTidyDecimals);
  const auto is_near = [&](const std::string& text) {
    const std::optional<double> read = parse_ratio(text);
    return read && std::abs(*read - value) <= 3e-7 * std::abs(value);
  };
  const std::string ratio = divisor.starts_with('-') ? "-1/" + divisor.substr(1) : "1/" + divisor;
  // Whichever says it in fewer letters, if it says it.
  if (is_near(ratio) && (!is_near(decimal) || ratio.size() < decimal.size())) return ratio;
  return is_near(decimal) ? decimal : write_decimal(value, kMostDecimals + 4);
}

}  // namespace headstart
