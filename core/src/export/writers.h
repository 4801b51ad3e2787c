// One writer for each format, each with one switch over the kinds of steps.
#pragma once

#include <cstdint>
#include <string_view>
#include <vector>

#include "export/exported_model.h"
#include "headstart/export.h"

namespace headstart {

[[nodiscard]] Result<std::vector<std::uint8_t>> write_tfjs(const ExportedModel& model,
                                                           const ExportOptions& options);
[[nodiscard]] Result<std::vector<std::uint8_t>> write_onnx(const ExportedModel& model,
                                                           const ExportOptions& options);
[[nodiscard]] Result<std::vector<std::uint8_t>> write_tflite(const ExportedModel& model,
                                                             const ExportOptions& options);
[[nodiscard]] Result<std::vector<std::uint8_t>> write_tflite_float16(const ExportedModel& model,
                                                                     const ExportOptions& options);

// "ONNX cannot hold hard_swish, which blocks.3.expand needs".
[[nodiscard]] Error cannot_hold(std::string_view format, std::string_view what, const Step& step);

}  // namespace headstart
