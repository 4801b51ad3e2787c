// Class names that came in a file, as they may be shown.
#pragma once

#include <string>
#include <string_view>

namespace headstart {

// Without control characters and those that turn the direction of text (Unicode's UAX 9), which could make a
// name read as another one; without white space around it. `text` is UTF-8. Empty where nothing is left to
// see.
[[nodiscard]] std::string clean_label(std::string_view text);

}  // namespace headstart
