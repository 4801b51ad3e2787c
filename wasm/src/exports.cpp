// The writers of files for other programs. They need no session: a backbone file and a head file are all that
// they read.
#include <emscripten/bind.h>
#include <emscripten/val.h>

#include <cstdint>
#include <string>
#include <utility>
#include <vector>

#include "headstart/headstart.h"

namespace headstart::wasm {
namespace {

EMSCRIPTEN_DECLARE_VAL_TYPE(ExportOutcome)
EMSCRIPTEN_DECLARE_VAL_TYPE(FileBytes)

struct ExportSettings {
  std::string format;
  std::uint32_t picture_size_px = 0;  // 0: the network's own
  std::string title;
  std::string date;
};

ExportOutcome outcome_of(const Result<std::vector<std::uint8_t>>& result) {
  using emscripten::val;
  val value = val::object();
  value.set("code", result ? std::string() : std::string(error_code_name(result.error().code)));
  value.set("message", result ? std::string() : result.error().message);
  if (result) {
    const std::vector<std::uint8_t>& bytes = result.value();
    value.set("value", val(emscripten::typed_memory_view(bytes.size(), bytes.data())).call<val>("slice"));
  }
  return ExportOutcome(value);
}

Result<std::vector<std::uint8_t>> model_of(const FileBytes& backbone_file, const FileBytes& head_file,
                                           const ExportSettings& settings) {
  const Result<Head> head = read_head_file(emscripten::convertJSArrayToNumberVector<std::uint8_t>(head_file));
  if (!head) return head.error();
  const Result<ModelFormat> format = model_format_of(settings.format);
  if (!format) return format.error();
  const ExportOptions options = {format.value(), settings.picture_size_px, settings.title, settings.date};
  return export_model(emscripten::convertJSArrayToNumberVector<std::uint8_t>(backbone_file), head.value(),
                      options);
}

ExportOutcome export_model_of(const FileBytes& backbone_file, const FileBytes& head_file,
                              const ExportSettings& settings) {
  return outcome_of(model_of(backbone_file, head_file, settings));
}

EMSCRIPTEN_BINDINGS(exports) {
  emscripten::register_type<ExportOutcome>("{ code: string, message: string, value: Uint8Array }");
  emscripten::register_type<FileBytes>("Uint8Array");
  emscripten::value_object<ExportSettings>("ExportSettings")
      .field("format", &ExportSettings::format)
      .field("pictureSize", &ExportSettings::picture_size_px)
      .field("title", &ExportSettings::title)
      .field("date", &ExportSettings::date);
  emscripten::function("exportModel", &export_model_of);
}

}  // namespace
}  // namespace headstart::wasm
