// What was learnt as a file that other programs load: network, head and, where the format can hold it, what
// happens to a picture before.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "headstart/answer_changes.h"
#include "headstart/head.h"
#include "headstart/image.h"
#include "headstart/status.h"

namespace headstart {

enum class ModelFormat : std::uint8_t {
  kTfjs,           // a zip with model.json, weights.bin and metadata.json, as Teachable Machine writes them
  kOnnx,           // opset 9, bytes 0…255 in, probabilities out
  kTflite,         // float32
  kTfliteFloat16,  // the numbers in half the bytes, computed as float32
  // Maps in 8-bit whole numbers, where that would change answers float32 maps with float16 weights; float32
  // at both ends; needs pictures (QuantisedExport).
  kTfliteInt8,
  kCArray,  // the same with bytes at both ends, as a C header for microcontrollers; needs pictures
};

// "tfjs", "onnx", "tflite", "tflite-float16", "tflite-int8", "c-array" and back: bad-argument names the ones
// that there are.
[[nodiscard]] const char* model_format_name(ModelFormat format);
[[nodiscard]] Result<ModelFormat> model_format_of(std::string_view name);

struct ExportOptions {
  ModelFormat format = ModelFormat::kTfjs;
  // kTfjs: the side of the pictures that the model takes; it resamples them itself where the network wants
  // fewer pixels, and then differs by what rounding to bytes does. ml5 always gives 224. 0: the network's
  // own, exactly. bad-argument below the network's own.
  std::size_t picture_size_px = 0;
  std::string title = {};  // of the model; empty: the network's name
  std::string date = {};   // ISO 8601
};

// The file's bytes; the same arguments give the same bytes. `backbone_file` is the one that the head was
// trained on. bad-file where the two do not go together, unsupported names the layer that the format cannot
// hold.
[[nodiscard]] Result<std::vector<std::uint8_t>> export_model(std::span<const std::uint8_t> backbone_file,
                                                             const Head& head, const ExportOptions& options);

// A format that cannot hold what was learnt, and the layer for which it cannot.
struct RefusedFormat {
  ModelFormat format = ModelFormat::kTfjs;
  std::string reason;
};

// All of them, before anything is written. bad-file where the two files do not go together.
[[nodiscard]] Result<std::vector<RefusedFormat>> refused_formats(std::span<const std::uint8_t> backbone_file,
                                                                 const Head& head);

// Writes kTfliteInt8 and kCArray: their numbers are fitted to the person's own pictures, one at a time, so
// that a caller can show progress and stop. First `calibrate` for each, then `measure` for each.
class QuantisedExport {
 public:
  // As export_model.
  static Result<QuantisedExport> create(std::span<const std::uint8_t> backbone_file, const Head& head,
                                        const ExportOptions& options);
  QuantisedExport(QuantisedExport&&) noexcept;
  QuantisedExport& operator=(QuantisedExport&&) noexcept;
  ~QuantisedExport();

  // The square in the middle, as everywhere.
  Status calibrate(const FrameView& frame);
  // `label_index`: the head's row that is right, or -1. bad-argument before any picture was calibrated with.
  Status measure(const FrameView& frame, std::ptrdiff_t label_index);
  [[nodiscard]] const AnswerChanges& report() const;  // what 8-bit numbers change
  // too-few-samples before any picture was calibrated with.
  [[nodiscard]] Result<std::vector<std::uint8_t>> write();

 private:
  struct State;
  explicit QuantisedExport(std::unique_ptr<State> state);
  std::unique_ptr<State> state_;
};

}  // namespace headstart
