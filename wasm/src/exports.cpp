// The writers of files for other programs. They need no session: a backbone file and a head file are all that
// they read.
#include <emscripten/bind.h>
#include <emscripten/val.h>

#include <cstdint>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "headstart/headstart.h"
#include "seam.h"

namespace headstart::wasm {
namespace {

EMSCRIPTEN_DECLARE_VAL_TYPE(ExportOutcome)
EMSCRIPTEN_DECLARE_VAL_TYPE(RefusedOutcome)
EMSCRIPTEN_DECLARE_VAL_TYPE(FileBytes)

struct ExportSettings {
  std::string format;
  std::uint32_t picture_size_px = 0;  // 0: the network's own
  std::string title;
  std::string date;
};

// An outcome without its value: of a failure its code and message, else both empty.
emscripten::val told(const Error* error) {
  emscripten::val value = emscripten::val::object();
  value.set("code", std::string(error == nullptr ? "" : error_code_name(error->code)));
  value.set("message", error == nullptr ? std::string() : error->message);
  return value;
}

ExportOutcome outcome_of(const Result<std::vector<std::uint8_t>>& result) {
  using emscripten::val;
  val value = told(result ? nullptr : &result.error());
  if (result) {
    const std::vector<std::uint8_t>& bytes = result.value();
    value.set("value", val(emscripten::typed_memory_view(bytes.size(), bytes.data())).call<val>("slice"));
  }
  return ExportOutcome(value);
}

std::vector<std::uint8_t> bytes_in(const FileBytes& bytes) {
  return emscripten::convertJSArrayToNumberVector<std::uint8_t>(bytes);
}

// What is to be written.
struct Task {
  std::vector<std::uint8_t> backbone_file;
  Head head;
  ExportOptions options;
};

Result<Task> task_of(const FileBytes& backbone_file, const FileBytes& head_file,
                     const ExportSettings& settings) {
  Result<Head> head = read_head_file(bytes_in(head_file));
  if (!head) return head.error();
  const Result<ModelFormat> format = model_format_of(settings.format);
  if (!format) return format.error();
  return Task{bytes_in(backbone_file),
              std::move(head).value(),
              {format.value(), settings.picture_size_px, settings.title, settings.date}};
}

Result<std::vector<std::uint8_t>> model_of(const Result<Task>& task) {
  if (!task) return task.error();
  const auto& [backbone_file, head, options] = task.value();
  return export_model(backbone_file, head, options);
}

// QuantisedExport with its pictures as RGBA bytes, rows without gaps. To be opened once, first.
class QuantisedExportBinding {
 public:
  Done open(const FileBytes& backbone_file, const FileBytes& head_file, const ExportSettings& settings) {
    const Result<Task> task = task_of(backbone_file, head_file, settings);
    if (!task) return outcome(Status(task.error()));
    const auto& [bytes, head, options] = task.value();
    Result<QuantisedExport> made = QuantisedExport::create(bytes, head, options);
    if (!made) return outcome(Status(made.error()));
    export_.emplace(std::move(made).value());
    return {};
  }

  Done calibrate(const FileBytes& rgba, std::int32_t width, std::int32_t height) {
    const std::vector<std::uint8_t> bytes = bytes_in(rgba);
    return outcome(export_->calibrate({bytes, width, height}));
  }

  Done measure(const FileBytes& rgba, std::int32_t width, std::int32_t height, std::int32_t label_index) {
    const std::vector<std::uint8_t> bytes = bytes_in(rgba);
    return outcome(export_->measure({bytes, width, height}, label_index));
  }

  AnswerChanges report() const { return export_->report(); }
  ExportOutcome write() { return outcome_of(export_->write()); }

 private:
  std::optional<QuantisedExport> export_;
};

ExportOutcome export_model_of(const FileBytes& backbone_file, const FileBytes& head_file,
                              const ExportSettings& settings) {
  return outcome_of(model_of(task_of(backbone_file, head_file, settings)));
}

RefusedOutcome refused_formats_of(const FileBytes& backbone_file, const FileBytes& head_file) {
  using emscripten::val;
  const Result<Head> head = read_head_file(bytes_in(head_file));
  const Result<std::vector<RefusedFormat>> refused =
      head ? refused_formats(bytes_in(backbone_file), head.value())
           : Result<std::vector<RefusedFormat>>(head.error());
  val list = val::array();
  if (refused) {
    for (const RefusedFormat& each : refused.value()) {
      val entry = val::object();
      entry.set("format", std::string(model_format_name(each.format)));
      entry.set("reason", each.reason);
      list.call<void>("push", entry);
    }
  }
  val value = told(refused ? nullptr : &refused.error());
  value.set("value", list);
  return RefusedOutcome(value);
}

EMSCRIPTEN_BINDINGS(exports) {
  emscripten::register_type<RefusedOutcome>(
      "{ code: string, message: string, value: { format: string, reason: string }[] }");
  emscripten::register_type<ExportOutcome>("{ code: string, message: string, value: Uint8Array }");
  emscripten::register_type<FileBytes>("Uint8Array");
  emscripten::value_object<ExportSettings>("ExportSettings")
      .field("format", &ExportSettings::format)
      .field("pictureSize", &ExportSettings::picture_size_px)
      .field("title", &ExportSettings::title)
      .field("date", &ExportSettings::date);
  emscripten::function("exportModel", &export_model_of);
  emscripten::function("refusedFormats", &refused_formats_of);
  emscripten::class_<QuantisedExportBinding>("QuantisedExport")
      .constructor<>()
      .function("open", &QuantisedExportBinding::open)
      .function("calibrate", &QuantisedExportBinding::calibrate)
      .function("measure", &QuantisedExportBinding::measure)
      .function("report", &QuantisedExportBinding::report)
      .function("write", &QuantisedExportBinding::write);
}

}  // namespace
}  // namespace headstart::wasm
