// A .tflite file taken apart: tensors and operators, checked to lie in the file and to name each other
// rightly. What the operators mean is tflite_reader's.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "headstart/status.h"

namespace headstart::tflite {

// The schema's TensorType (tensorflow/compiler/mlir/lite/schema/schema.fbs), as far as we know them.
enum class ElementType : std::uint8_t {
  kFloat32 = 0,
  kFloat16 = 1,
  kInt32 = 2,
  kUint8 = 3,
  kInt64 = 4,
  kInt8 = 9,
};

struct TensorRecord {
  std::string_view name;  // in the file; may be empty
  std::vector<std::size_t> shape;
  ElementType type = ElementType::kFloat32;
  std::span<const std::uint8_t> data;  // of a constant, in the file; empty for what is computed
  // Of the quantisation, as the file has them: quantisation_fault says what is wrong with them.
  std::vector<float> scales;              // none, one, or one for each channel
  std::vector<std::int64_t> zero_points;  // as many; zeros where the file has scales and leaves them out
  std::size_t channel_dimension = 0;      // along which there is one scale each; any number
};

// The schema's BuiltinOperator, those that we know.
enum class Op : std::int32_t {
  kAdd = 0,
  kAveragePool = 1,
  kConcatenate = 2,
  kConvolution = 3,
  kDepthwise = 4,
  kDequantise = 6,
  kFullyConnected = 9,
  kLogistic = 14,
  kMaxPool = 17,
  kMultiply = 18,
  kRelu = 19,
  kRelu6 = 21,
  kReshape = 22,
  kPad = 34,
  kMean = 40,
  kSubtract = 41,
  kDivide = 42,
  kSqueeze = 43,
  kPadV2 = 60,
  kExpandDims = 70,
  kQuantise = 114,
  kHardSwish = 117,
};

// The options of all kinds of operators in one; each has its own of them.
struct Options {
  bool is_same_padding = true;
  std::int32_t stride_height = 1;
  std::int32_t stride_width = 1;
  std::int32_t dilation_height = 1;
  std::int32_t dilation_width = 1;
  std::int32_t filter_height = 1;
  std::int32_t filter_width = 1;
  std::int32_t fused_activation = 0;  // 0 none, 1 ReLU, 3 ReLU6
  std::int32_t axis = 0;
};

struct Operator {
  Op op = Op::kAdd;
  std::string name;                  // of the kind, for messages
  std::vector<std::int32_t> inputs;  // positions among the tensors; -1 for none
  std::vector<std::int32_t> outputs;
  Options options;
};

struct Model {
  std::vector<TensorRecord> tensors;
  std::vector<Operator> operators;
  std::vector<std::int32_t> inputs;
  // From the metadata that a file may bring: (pixel - mean) / deviation, one or three of each.
  std::vector<float> means;
  std::vector<float> deviations;
  std::string title;
  std::string author;
  std::string license;
};

// `file` must outlive the result. bad-file, unsupported.
Result<Model> parse_model(std::span<const std::uint8_t> file);

// A constant as numbers: float32 and float16 as they are, whole numbers by their quantisation, in which there
// must be no fault, or as they are where they have none. Bytes that do not fill the shape, numbers that are
// not finite and others than zero with a scale of 0 are bad-file.
Result<std::vector<float>> constant_values(const TensorRecord& tensor);

}  // namespace headstart::tflite
