// Numbers written as text, as backbone files have them.
#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace headstart {

// A decimal number such as "-1", "0.35" or "127.5": at most 15 digits, no exponent, no white space. The
// result is the nearest double; nothing for any other text.
[[nodiscard]] std::optional<double> parse_decimal(std::string_view text);

// A decimal number or a fraction of two: "1/127.5".
[[nodiscard]] std::optional<double> parse_ratio(std::string_view text);

// A text that parse_ratio reads as `value`, to seven digits: "-1", "1/127.5", "0.0123". `value` below 10^6.
[[nodiscard]] std::string write_ratio(double value);

}  // namespace headstart
