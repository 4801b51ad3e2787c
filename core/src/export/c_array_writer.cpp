// A TensorFlow Lite file as a C header: for programs without a file system. C11 and C++11.
#include <array>
#include <string>

#include "export/byte_writer.h"
#include "export/writers.h"

namespace headstart {
namespace {

constexpr std::size_t kBytesPerLine = 20;

// Octal escapes end after three digits, hexadecimal ones never; "?" could begin a trigraph.
std::string literal_of(std::string_view text) {
  std::string result = "\"";
  for (const char c : text) {
    const auto byte = static_cast<unsigned char>(c);
    if (byte >= 0x20 && byte < 0x7f && c != '"' && c != '\\' && c != '?') {
      result += c;
      continue;
    }
    result += '\\';
    for (const unsigned shift : {6U, 3U, 0U}) result += static_cast<char>('0' + (byte >> shift & 7U));
  }
  return result + '"';
}

// A comment ends where its text says so.
std::string comment_of(std::string_view text) {
  std::string result;
  for (const char c : text) result += c == '*' || static_cast<unsigned char>(c) < 0x20 ? ' ' : c;
  return result;
}

std::string head_of(const ExportedModel& model, std::size_t byte_count, std::size_t arena_bytes,
                    const ExportOptions& options) {
  std::string text;
  const auto say = [&](const char* words, std::size_t number) { text += words + std::to_string(number); };
  text += "/* " + comment_of(options.title.empty() ? model.name : options.title);
  say(", made with Headstart.\n\n   Flash: ", byte_count);
  say(" bytes. Arena: ", arena_bytes);
  say(" bytes of memory suffice for TensorFlow Lite Micro.\n   In: int8 [1, ", model.input_size_px);
  say(", ", model.input_size_px);
  text +=
      ", 3], red, green and blue of the square in the middle of a picture, each byte less "
      "128.\n   Out: int8 [1, HEADSTART_CLASS_COUNT], probability = (number + 128) / 256. */\n"
      "#ifndef HEADSTART_MODEL_H\n#define HEADSTART_MODEL_H\n\n"
      "#ifdef __cplusplus\n#define HEADSTART_ALIGN alignas(16)\n"
      "#else\n#define HEADSTART_ALIGN _Alignas(16)\n#endif\n";
  say("\n#define HEADSTART_SIDE ", model.input_size_px);
  say("\n#define HEADSTART_CLASS_COUNT ", model.labels.size());
  say("\n#define HEADSTART_ARENA_BYTES ", arena_bytes);
  say("\n#define HEADSTART_MODEL_BYTES ", byte_count);
  text += "\n\nstatic const char *const headstart_labels[HEADSTART_CLASS_COUNT] = {\n";
  for (const std::string& label : model.labels) text += "    " + literal_of(label) + ",\n";
  return text + "};\n\nHEADSTART_ALIGN static const unsigned char headstart_model[HEADSTART_MODEL_BYTES] = {";
}

}  // namespace

std::vector<std::uint8_t> write_c_array(const ExportedModel& model, std::span<const std::uint8_t> tflite,
                                        std::size_t arena_bytes, const ExportOptions& options) {
  std::vector<std::uint8_t> file;
  file.reserve(tflite.size() * 6);
  append_text(file, head_of(model, tflite.size(), arena_bytes, options));
  constexpr std::string_view kDigits = "0123456789abcdef";
  for (std::size_t i = 0; i < tflite.size(); ++i) {
    append_text(file, i % kBytesPerLine == 0 ? "\n    " : " ");
    const std::array text = {'0', 'x', kDigits[tflite[i] >> 4U], kDigits[tflite[i] & 15U], ','};
    append_text(file, {text.data(), text.size()});
  }
  append_text(file, "\n};\n\n#endif\n");
  return file;
}

}  // namespace headstart
