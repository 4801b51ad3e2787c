// Any text, taken as a list of names: refused, or written and read again as itself; and walked piece by piece
// to its end.
#include "files/json.h"

#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <string_view>

using namespace headstart;

namespace {

void require(bool claim) {
  if (!claim) std::abort();
}

// Takes whatever comes next; every piece moves the reader on, so this ends.
void walk(std::string_view text) {
  JsonReader reader(text);
  while (!reader.at_end()) {
    const std::size_t before = reader.offset();
    bool took = false;
    for (const char punctuation : std::string_view("{}[]:,")) took = took || reader.take(punctuation);
    if (!took) {
      JsonReader number = reader;
      took = number.whole_number().has_value();
      if (took) reader = number;
    }
    if (!took && !reader.string()) return;
    require(reader.offset() > before && reader.offset() <= text.size());
  }
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view text(reinterpret_cast<const char*>(data), size);
  walk(text);
  const auto names = read_json_string_array(text);
  if (!names) return 0;
  const auto again = read_json_string_array(write_json_string_array(*names));
  require(again.has_value() && *again == *names);
  return 0;
}
