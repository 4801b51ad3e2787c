// One writer for each format, each with one switch over the kinds of steps.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <string_view>
#include <vector>

#include "export/exported_model.h"
#include "export/quantiser.h"
#include "headstart/export.h"

namespace headstart {

// The model that a head and its backbone's file come to.
[[nodiscard]] Result<ExportedModel> read_exported_model(std::span<const std::uint8_t> backbone_file,
                                                        const Head& head);

[[nodiscard]] Result<std::vector<std::uint8_t>> write_tfjs(const ExportedModel& model,
                                                           const ExportOptions& options);
[[nodiscard]] Result<std::vector<std::uint8_t>> write_onnx(const ExportedModel& model,
                                                           const ExportOptions& options);
[[nodiscard]] Result<std::vector<std::uint8_t>> write_tflite(const ExportedModel& model,
                                                             const ExportOptions& options);
[[nodiscard]] Result<std::vector<std::uint8_t>> write_tflite_float16(const ExportedModel& model,
                                                                     const ExportOptions& options);

[[nodiscard]] Result<std::vector<std::uint8_t>> write_tflite_quantised(const ExportedModel& model,
                                                                       const QuantisedModel& quantised,
                                                                       const ExportOptions& options,
                                                                       std::size_t* arena_bytes = nullptr);
[[nodiscard]] std::vector<std::uint8_t> write_c_array(const ExportedModel& model,
                                                      std::span<const std::uint8_t> tflite,
                                                      std::size_t arena_bytes, const ExportOptions& options);

}  // namespace headstart
