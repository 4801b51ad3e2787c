#include "headstart/export.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <optional>
#include <utility>

#include "export/exported_model.h"
#include "export/limits.h"
#include "export/writers.h"
#include "network/network_file.h"

namespace headstart {
namespace {

struct NamedFormat {
  ModelFormat format;
  const char* name;
  Result<std::vector<std::uint8_t>> (*write)(const ExportedModel& model, const ExportOptions& options);
};

constexpr std::array kFormats = {
    NamedFormat{ModelFormat::kTfjs, "tfjs", write_tfjs},
    NamedFormat{ModelFormat::kOnnx, "onnx", write_onnx},
    NamedFormat{ModelFormat::kTflite, "tflite", write_tflite},
    NamedFormat{ModelFormat::kTfliteFloat16, "tflite-float16", write_tflite_float16},
    NamedFormat{ModelFormat::kTfliteInt8, "tflite-int8", nullptr},
    NamedFormat{ModelFormat::kCArray, "c-array", nullptr},
};

std::optional<std::size_t> whole_number_of(std::string_view text) {
  std::size_t number = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
  return error == std::errc() && end == text.data() + text.size() && number > 0 ? std::optional(number)
                                                                                : std::nullopt;
}

const NamedFormat& named(ModelFormat format) {
  return *std::ranges::find(kFormats, format, &NamedFormat::format);
}

}  // namespace

const char* model_format_name(ModelFormat format) {
  return named(format).name;
}

Result<ModelFormat> model_format_of(std::string_view name) {
  std::string known;
  for (const NamedFormat& format : kFormats) {
    if (name == format.name) return format.format;
    known += (known.empty() ? "" : ", ") + std::string(format.name);
  }
  return bad_argument("expected a format of " + known + ", got " + std::string(name));
}

Result<ExportedModel> read_exported_model(std::span<const std::uint8_t> backbone_file, const Head& head) {
  Result<Network> network = read_network(backbone_file);
  if (!network) return network.error();
  if (const Status fits = check_head_fits(head, info_of(network.value())); !fits) return fits.error();
  // The head was trained at a size of its own choice.
  if (const std::optional<std::size_t> size = whole_number_of(head.input_size)) {
    if (const Status fitted = fit_network(network.value(), *size); !fitted) return fitted.error();
  }
  return make_exported_model(network.value(), head);
}

Result<std::vector<std::uint8_t>> export_model(std::span<const std::uint8_t> backbone_file, const Head& head,
                                               const ExportOptions& options) {
  const NamedFormat& format = named(options.format);
  if (format.write == nullptr)
    return bad_argument(std::string(format.name) + " is fitted to pictures, and got none");
  const Result<ExportedModel> model = read_exported_model(backbone_file, head);
  if (!model) return model.error();
  if (const Status held = check_holds(options.format, model.value()); !held) return held.error();
  return format.write(model.value(), options);
}

}  // namespace headstart
