#include "export/limits.h"

#include <array>
#include <string>
#include <string_view>

#include "export/writers.h"

namespace headstart {
namespace {

constexpr std::array kFormats = {ModelFormat::kTfjs,          ModelFormat::kOnnx,       ModelFormat::kTflite,
                                 ModelFormat::kTfliteFloat16, ModelFormat::kTfliteInt8, ModelFormat::kCArray};

bool is_pool(const Step& step) {
  return step.kind == StepKind::kAveragePool || step.kind == StepKind::kMaxPool;
}

bool has_own_padding(const Step& step) {
  const Padding& zeros = step.padding;
  return zeros.kind == PaddingKind::kExplicit && zeros.top + zeros.bottom + zeros.left + zeros.right > 0;
}

// What TensorFlow Lite has no operator for in all programs; empty: it has.
std::string_view missing_in_tflite(const Step& step) {
  if (step.groups != 1 && step.kind == StepKind::kConvolution) return "a convolution in groups";
  // Zeros around the map would count in a mean and in a maximum.
  if (is_pool(step) && has_own_padding(step)) return "a pool with padding of its own";
  return {};
}

std::string_view missing_in_tfjs(const Step& step) {
  if (step.groups != 1 && step.kind == StepKind::kConvolution) return "a convolution in groups";
  return is_pool(step) ? step_kind_name(step.kind) : std::string_view();
}

struct Limit {
  std::string_view name;
  std::string_view missing;
};

Limit limit_of(ModelFormat format, const Step& step) {
  switch (format) {
    case ModelFormat::kTfjs:
      return {"TensorFlow.js", missing_in_tfjs(step)};
    case ModelFormat::kOnnx:
      return {"ONNX", {}};
    case ModelFormat::kTflite:
    case ModelFormat::kTfliteFloat16:
    case ModelFormat::kTfliteInt8:
    case ModelFormat::kCArray:
      break;
  }
  return {"TensorFlow Lite", missing_in_tflite(step)};
}

}  // namespace

Status check_holds(ModelFormat format, const ExportedModel& model) {
  for (const Step& step : model.steps) {
    const Limit limit = limit_of(format, step);
    if (limit.missing.empty()) continue;
    return unsupported(std::string(limit.name) + " cannot hold " + std::string(limit.missing) + ", which " +
                       step.layer + " needs");
  }
  return {};
}

Result<std::vector<RefusedFormat>> refused_formats(std::span<const std::uint8_t> backbone_file,
                                                   const Head& head) {
  const Result<ExportedModel> model = read_exported_model(backbone_file, head);
  if (!model) return model.error();
  std::vector<RefusedFormat> refused;
  for (const ModelFormat format : kFormats) {
    if (const Status held = check_holds(format, model.value()); !held)
      refused.push_back({format, held.error().message});
  }
  return refused;
}

}  // namespace headstart
