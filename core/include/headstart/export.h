// What was learnt as a file that other programs load: network, head and, where the format can hold it, what
// happens to a picture before.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "headstart/head.h"
#include "headstart/status.h"

namespace headstart {

enum class ModelFormat : std::uint8_t {
  kTfjs,           // a zip with model.json, weights.bin and metadata.json, as Teachable Machine writes them
  kOnnx,           // opset 9, bytes 0…255 in, probabilities out
  kTflite,         // float32
  kTfliteFloat16,  // the numbers in half the bytes, computed as float32
};

// "tfjs", "onnx", "tflite", "tflite-float16" and back: bad-argument names the ones that there are.
[[nodiscard]] const char* model_format_name(ModelFormat format);
[[nodiscard]] Result<ModelFormat> model_format_of(std::string_view name);

struct ExportOptions {
  ModelFormat format = ModelFormat::kTfjs;
  // kTfjs: the side of the pictures that the model takes; it resamples them itself where the network wants
  // fewer pixels, and then differs by what rounding to bytes does. ml5 always gives 224. 0: the network's
  // own, exactly. bad-argument below the network's own.
  std::size_t picture_size_px = 0;
  std::string title;  // of the model; empty: the network's name
  std::string date;   // ISO 8601
};

// The file's bytes; the same arguments give the same bytes. `backbone_file` is the one that the head was
// trained on. bad-file where the two do not go together, unsupported names the layer that the format cannot
// hold.
[[nodiscard]] Result<std::vector<std::uint8_t>> export_model(std::span<const std::uint8_t> backbone_file,
                                                             const Head& head, const ExportOptions& options);

}  // namespace headstart
