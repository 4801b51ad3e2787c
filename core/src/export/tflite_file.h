// A TensorFlow Lite model under construction (tensorflow/lite/schema/schema.fbs, version 3) with its metadata
// (tflite_metadata_schema.fbs, "M001").
#pragma once

#include <cstdint>
#include <initializer_list>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "export/exported_model.h"
#include "export/flat_table.h"

namespace headstart {

// TensorType
enum class TfliteType : std::int8_t { kFloat32 = 0, kFloat16 = 1, kInt32 = 2, kInt8 = 9 };

// BuiltinOperator, of those that are written here.
enum class TfliteOp : std::uint8_t {
  kAdd = 0,
  kAveragePool = 1,
  kConcatenation = 2,
  kConvolution = 3,
  kDepthwise = 4,
  kDequantize = 6,
  kFullyConnected = 9,
  kLogistic = 14,
  kMaxPool = 17,
  kMul = 18,
  kRelu = 19,
  kRelu6 = 21,
  kSoftmax = 25,
  kPad = 34,
  kTranspose = 39,
  kMean = 40,
  kSqrt = 75,
  kRsqrt = 76,
  kReverse = 105,
  kQuantize = 114,
  kHardSwish = 117,
};

// BuiltinOptions: which table an operator's options are.
enum class TfliteOptions : std::uint8_t {
  kNone = 0,
  kConvolution = 1,
  kDepthwise = 2,
  kPool = 5,
  kFullyConnected = 8,
  kSoftmax = 9,
  kConcatenation = 10,
  kAdd = 11,
  kMul = 21,
  kTranspose = 26,
  kReducer = 27,
};

// real = scale * (number - zero_point), one scale or one for each channel along `dimension`.
struct TfliteScales {
  std::vector<float> scales;
  std::int64_t zero_point = 0;
  std::int32_t dimension = 0;
};

struct TfliteTensor {
  std::string name;
  std::vector<std::int32_t> shape;
  TfliteType type = TfliteType::kFloat32;
  std::optional<TfliteScales> scales = {};
  std::vector<std::uint8_t> bytes = {};  // of a constant
};

// How a program that knows only the file prepares a picture: (byte - mean) / deviation. For the time of a
// call.
struct TfliteMetadata {
  std::string_view name;
  std::string_view license;
  std::span<const std::string> labels;
  float mean = 0;
  float deviation = 1;
};

// Whole numbers for the time of a call: in braces, or of a vector.
class WholeNumbers : public std::span<const std::int32_t> {
 public:
  using span::span;
  WholeNumbers(std::initializer_list<std::int32_t> values) : span(values.begin(), values.size()) {}

  [[nodiscard]] std::vector<std::int32_t> copy() const { return {begin(), end()}; }
};

class TfliteFile {
 public:
  struct Operator {
    std::size_t code = 0;
    std::vector<std::int32_t> inputs;
    std::int32_t output = 0;
    TfliteOptions kind = TfliteOptions::kNone;
    std::vector<FlatNumber> options;
  };

  std::int32_t add_tensor(TfliteTensor tensor);  // its position
  void add_op(TfliteOp op, std::int32_t version, const WholeNumbers& inputs, std::int32_t output,
              TfliteOptions kind = TfliteOptions::kNone, std::initializer_list<FlatNumber> options = {});

  // The file, and behind it the zip with the labels that its metadata speaks of.
  [[nodiscard]] std::vector<std::uint8_t> finish(std::int32_t input, std::int32_t output,
                                                 const TfliteMetadata& metadata) const;

  [[nodiscard]] std::span<const TfliteTensor> tensors() const { return tensors_; }
  [[nodiscard]] std::span<const Operator> operators() const { return operators_; }

 private:
  struct Code {
    TfliteOp op = TfliteOp::kAdd;
    std::int32_t version = 1;

    bool operator==(const Code&) const = default;
  };

  std::vector<TfliteTensor> tensors_;
  std::vector<Operator> operators_;
  std::vector<Code> codes_;
};

}  // namespace headstart
