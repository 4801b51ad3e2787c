#include "files/decimal.h"

#include <cstddef>

namespace headstart {

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

}  // namespace headstart
