#include "network/tflite_model.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <cstring>
#include <string_view>
#include <utility>

#include "files/float16.h"
#include "files/safetensors.h"
#include "network/flat_reader.h"

namespace headstart::tflite {
namespace {

constexpr std::size_t kMostTensors = 1U << 14U;
constexpr std::size_t kMostOperators = 1U << 11U;
constexpr std::size_t kMostRank = 8;
constexpr std::size_t kMostElements = 1U << 27U;

// Ids of the schema's fields.
namespace model {
constexpr std::size_t kOperatorCodes = 1, kSubgraphs = 2, kBuffers = 4, kMetadata = 6;
}
namespace subgraph {
constexpr std::size_t kTensors = 0, kInputs = 1, kOperators = 3;
}
namespace tensor {
constexpr std::size_t kShape = 0, kType = 1, kBuffer = 2, kName = 3, kQuantisation = 4;
}
namespace quantisation {
constexpr std::size_t kScale = 2, kZeroPoint = 3, kDimension = 6;
}
namespace op {
constexpr std::size_t kCodeIndex = 0, kInputs = 1, kOutputs = 2, kOptions = 4;
}

Error broken(std::string message) {
  return bad_file("TensorFlow Lite file: " + std::move(message));
}

struct KnownOp {
  Op op;
  std::string_view name;
};

constexpr std::array<KnownOp, 22> kKnownOps = {{
    {Op::kAdd, "ADD"},
    {Op::kAveragePool, "AVERAGE_POOL_2D"},
    {Op::kConcatenate, "CONCATENATION"},
    {Op::kConvolution, "CONV_2D"},
    {Op::kDepthwise, "DEPTHWISE_CONV_2D"},
    {Op::kDequantise, "DEQUANTIZE"},
    {Op::kFullyConnected, "FULLY_CONNECTED"},
    {Op::kLogistic, "LOGISTIC"},
    {Op::kMaxPool, "MAX_POOL_2D"},
    {Op::kMultiply, "MUL"},
    {Op::kRelu, "RELU"},
    {Op::kRelu6, "RELU6"},
    {Op::kReshape, "RESHAPE"},
    {Op::kPad, "PAD"},
    {Op::kMean, "MEAN"},
    {Op::kSubtract, "SUB"},
    {Op::kDivide, "DIV"},
    {Op::kSqueeze, "SQUEEZE"},
    {Op::kPadV2, "PADV2"},
    {Op::kExpandDims, "EXPAND_DIMS"},
    {Op::kQuantise, "QUANTIZE"},
    {Op::kHardSwish, "HARD_SWISH"},
}};

// Those that people meet, by their number in the schema; others are told by number.
constexpr std::array<std::pair<std::int32_t, std::string_view>, 22> kOtherOps = {{
    {11, "L2_NORMALIZATION"},
    {20, "RELU_N1_TO_1"},
    {23, "RESIZE_BILINEAR"},
    {25, "SOFTMAX"},
    {26, "SPACE_TO_DEPTH"},
    {28, "TANH"},
    {32, "CUSTOM"},
    {36, "GATHER"},
    {39, "TRANSPOSE"},
    {45, "STRIDED_SLICE"},
    {49, "SPLIT"},
    {53, "CAST"},
    {54, "PRELU"},
    {65, "SLICE"},
    {67, "TRANSPOSE_CONV"},
    {74, "SUM"},
    {76, "RSQRT"},
    {97, "RESIZE_NEAREST_NEIGHBOR"},
    {98, "LEAKY_RELU"},
    {100, "MIRROR_PAD"},
    {126, "BATCH_MATMUL"},
    {150, "GELU"},
}};

std::string op_name(std::int32_t code) {
  for (const KnownOp& known : kKnownOps) {
    if (static_cast<std::int32_t>(known.op) == code) return std::string(known.name);
  }
  for (const auto& [number, name] : kOtherOps) {
    if (number == code) return std::string(name);
  }
  return "number " + std::to_string(code);
}

class Parser {
 public:
  explicit Parser(std::span<const std::uint8_t> file) : reader_(file), model_(reader_.root()) {}

  Result<Model> run() {
    const FlatReader::Vector subgraphs = reader_.vector(model_, model::kSubgraphs, 4);
    if (subgraphs.count == 0) return broken("there is no network in it");
    const FlatReader::Table graph = reader_.table_at(subgraphs, 0);
    const FlatReader::Vector tensors = reader_.vector(graph, subgraph::kTensors, 4);
    const FlatReader::Vector operators = reader_.vector(graph, subgraph::kOperators, 4);
    if (tensors.count > kMostTensors || operators.count > kMostOperators) {
      return broken("it has more than " + std::to_string(kMostTensors) + " tensors or " +
                    std::to_string(kMostOperators) + " operators");
    }
    file_.inputs = positions(graph, subgraph::kInputs);
    buffers_ = reader_.vector(model_, model::kBuffers, 4);
    for (std::size_t i = 0; i < tensors.count; ++i) {
      if (const Status added = add_tensor(reader_.table_at(tensors, i)); !added) return added.error();
    }
    codes_ = reader_.vector(model_, model::kOperatorCodes, 4);
    for (std::size_t i = 0; i < operators.count; ++i) {
      if (const Status added = add_operator(reader_.table_at(operators, i)); !added) return added.error();
    }
    if (!positions_are_known(file_.inputs, false)) return broken("its input is not among its tensors");
    if (is_damaged()) return broken("it is damaged");
    read_metadata();
    return std::move(file_);
  }

  [[nodiscard]] bool is_damaged() const { return reader_.is_damaged(); }

 private:
  std::vector<std::int32_t> positions(FlatReader::Table table, std::size_t field) {
    const FlatReader::Vector numbers = reader_.vector(table, field, 4);
    std::vector<std::int32_t> result(std::min(numbers.count, kMostTensors));
    for (std::size_t i = 0; i < result.size(); ++i) result[i] = reader_.element<std::int32_t>(numbers, i);
    return result;
  }

  [[nodiscard]] bool positions_are_known(std::span<const std::int32_t> positions, bool may_be_none) const {
    return std::ranges::all_of(positions, [&](std::int32_t position) {
      if (position < 0) return may_be_none && position == -1;
      return static_cast<std::size_t>(position) < file_.tensors.size();
    });
  }

  Status add_tensor(FlatReader::Table table) {
    TensorRecord made;
    made.name = reader_.text(table, tensor::kName);
    const FlatReader::Vector shape = reader_.vector(table, tensor::kShape, 4);
    if (shape.count > kMostRank) return broken("a tensor has more than eight dimensions");
    std::uint64_t elements = 1;
    for (std::size_t i = 0; i < shape.count; ++i) {
      const auto length = reader_.element<std::int32_t>(shape, i);
      // A batch of any size is written as -1 or 1.
      made.shape.push_back(length < 0 ? 1 : static_cast<std::size_t>(length));
      elements *= made.shape.back();
      if (elements > kMostElements) return broken("a tensor is too large");
    }
    made.type = static_cast<ElementType>(reader_.number<std::uint8_t>(table, tensor::kType, 0));
    const auto buffer = reader_.number<std::uint32_t>(table, tensor::kBuffer, 0);
    constexpr std::size_t kData = 0;
    if (buffer > 0) made.data = reader_.bytes(reader_.table_at(buffers_, buffer), kData);
    const FlatReader::Table scheme = reader_.table(table, tensor::kQuantisation);
    const FlatReader::Vector scales = reader_.vector(scheme, quantisation::kScale, 4);
    const FlatReader::Vector zeros = reader_.vector(scheme, quantisation::kZeroPoint, 8);
    for (std::size_t i = 0; i < scales.count; ++i) made.scales.push_back(reader_.element<float>(scales, i));
    for (std::size_t i = 0; i < zeros.count; ++i) {
      made.zero_points.push_back(reader_.element<std::int64_t>(zeros, i));
    }
    if (made.zero_points.empty()) made.zero_points.resize(made.scales.size());
    const auto dimension = reader_.number<std::int32_t>(scheme, quantisation::kDimension, 0);
    made.channel_dimension = dimension < 0 ? kMostRank : static_cast<std::size_t>(dimension);
    file_.tensors.push_back(std::move(made));
    return {};
  }

  Status add_operator(FlatReader::Table table) {
    Operator made;
    const FlatReader::Table code =
        reader_.table_at(codes_, reader_.number<std::uint32_t>(table, op::kCodeIndex, 0));
    // The code outgrew its byte; the larger of the two fields counts.
    const std::int32_t number = std::max<std::int32_t>(reader_.number<std::int8_t>(code, 0, 0),
                                                       reader_.number<std::int32_t>(code, 3, 0));
    made.op = static_cast<Op>(number);
    made.name = op_name(number);
    made.inputs = positions(table, op::kInputs);
    made.outputs = positions(table, op::kOutputs);
    if (!positions_are_known(made.inputs, true) || !positions_are_known(made.outputs, false)) {
      return broken("an operator reads or makes a tensor that there is not");
    }
    made.options = options_of(made.op, reader_.table(table, op::kOptions));
    file_.operators.push_back(std::move(made));
    return {};
  }

  Options options_of(Op kind, FlatReader::Table table) {
    Options options;
    const auto byte = [&](std::size_t field) {
      return static_cast<std::int32_t>(reader_.number<std::int8_t>(table, field, 0));
    };
    const auto number = [&](std::size_t field, std::int32_t absent) {
      return reader_.number<std::int32_t>(table, field, absent);
    };
    switch (kind) {
      case Op::kConvolution:
      case Op::kDepthwise:
      case Op::kAveragePool:
      case Op::kMaxPool: {
        options.is_same_padding = byte(0) == 0;
        options.stride_width = number(1, 0);
        options.stride_height = number(2, 0);
        const bool is_pool = kind == Op::kAveragePool || kind == Op::kMaxPool;
        const std::size_t shift = kind == Op::kDepthwise ? 1 : 0;
        options.fused_activation = is_pool ? byte(5) : byte(3 + shift);
        if (is_pool) {
          options.filter_width = number(3, 0);
          options.filter_height = number(4, 0);
        } else {
          options.dilation_width = number(4 + shift, 1);
          options.dilation_height = number(5 + shift, 1);
        }
        break;
      }
      case Op::kConcatenate:
        options.axis = number(0, 0);
        options.fused_activation = byte(1);
        break;
      case Op::kAdd:
      case Op::kMultiply:
      case Op::kSubtract:
      case Op::kDivide:
      case Op::kFullyConnected:
        options.fused_activation = byte(0);
        break;
      default:
        break;
    }
    return options;
  }

  // The metadata is a file within the file (tflite_support's metadata_schema.fbs). What is wrong in it is as
  // if it were not there: nothing but the scaling of the picture hangs on it.
  void read_metadata() {
    const FlatReader::Vector entries = reader_.vector(model_, model::kMetadata, 4);
    for (std::size_t i = 0; i < std::min<std::size_t>(entries.count, 16); ++i) {
      const FlatReader::Table entry = reader_.table_at(entries, i);
      if (reader_.text(entry, 0) != "TFLITE_METADATA") continue;
      const auto buffer = reader_.number<std::uint32_t>(entry, 1, 0);
      read_metadata_file(FlatReader(reader_.bytes(reader_.table_at(buffers_, buffer), 0)));
    }
  }

  void read_metadata_file(FlatReader metadata) {
    const FlatReader::Table about = metadata.root();
    const FlatReader::Table graph = metadata.table_at(metadata.vector(about, 3, 4), 0);
    const FlatReader::Table input = metadata.table_at(metadata.vector(graph, 2, 4), 0);
    const FlatReader::Vector units = metadata.vector(input, 4, 4);
    std::vector<float> means;
    std::vector<float> deviations;
    for (std::size_t i = 0; i < std::min<std::size_t>(units.count, 16); ++i) {
      const FlatReader::Table unit = metadata.table_at(units, i);
      constexpr std::uint8_t kNormalisation = 1;
      if (metadata.number<std::uint8_t>(unit, 0, 0) != kNormalisation) continue;
      const FlatReader::Table options = metadata.table(unit, 1);
      const FlatReader::Vector mean = metadata.vector(options, 0, 4);
      const FlatReader::Vector deviation = metadata.vector(options, 1, 4);
      for (std::size_t k = 0; k < std::min<std::size_t>(mean.count, 3); ++k) {
        means.push_back(metadata.element<float>(mean, k));
      }
      for (std::size_t k = 0; k < std::min<std::size_t>(deviation.count, 3); ++k) {
        deviations.push_back(metadata.element<float>(deviation, k));
      }
    }
    const std::string_view title = metadata.text(about, 0);
    const std::string_view author = metadata.text(about, 4);
    const std::string_view license = metadata.text(about, 5);
    if (metadata.is_damaged()) return;
    constexpr std::size_t kMostLetters = 200;
    file_.title = title.substr(0, kMostLetters);
    file_.author = author.substr(0, kMostLetters);
    file_.license = license.substr(0, kMostLetters);
    const auto usable = [](float value) { return std::isfinite(value) && std::abs(value) < 1e4F; };
    const bool fits = (means.size() == 1 || means.size() == 3) && deviations.size() == means.size();
    if (!fits || !std::ranges::all_of(means, usable) || !std::ranges::all_of(deviations, usable)) return;
    if (std::ranges::any_of(deviations, [](float value) { return value < 1e-3F; })) return;
    file_.means = std::move(means);
    file_.deviations = std::move(deviations);
  }

  FlatReader reader_;
  FlatReader::Table model_;
  FlatReader::Vector buffers_;
  FlatReader::Vector codes_;
  Model file_;
};

template <typename Number>
Number number_at(const TensorRecord& tensor, std::size_t index) {
  Number value{};
  std::memcpy(&value, tensor.data.data() + index * sizeof(Number), sizeof(Number));
  return value;
}

double raw_value(const TensorRecord& tensor, std::size_t index) {
  switch (tensor.type) {
    case ElementType::kFloat32:
      return static_cast<double>(number_at<float>(tensor, index));
    case ElementType::kFloat16:
      return static_cast<double>(float_from_half(number_at<std::uint16_t>(tensor, index)));
    case ElementType::kInt32:
      return number_at<std::int32_t>(tensor, index);
    case ElementType::kInt64:
      return static_cast<double>(number_at<std::int64_t>(tensor, index));
    case ElementType::kUint8:
      return number_at<std::uint8_t>(tensor, index);
    default:
      return number_at<std::int8_t>(tensor, index);
  }
}

std::size_t type_size(ElementType type) {
  switch (type) {
    case ElementType::kFloat32:
    case ElementType::kInt32:
      return 4;
    case ElementType::kFloat16:
      return 2;
    case ElementType::kInt64:
      return 8;
    case ElementType::kUint8:
    case ElementType::kInt8:
      return 1;
  }
  return 0;
}

}  // namespace

Result<Model> parse_model(std::span<const std::uint8_t> file) {
  Parser parser(file);
  auto model = parser.run();
  // Whatever else seems wrong then comes of what is not there.
  if (!model && parser.is_damaged()) {
    return broken("it is damaged or cut off, it refers to places behind its end: get it once more");
  }
  return model;
}

Result<std::vector<float>> constant_values(const TensorRecord& tensor) {
  std::size_t count = 1;
  for (const std::size_t length : tensor.shape) count *= length;
  const std::size_t size = type_size(tensor.type);
  if (size == 0) return broken("a constant is of a type that no weights have");
  if (count == 0 || tensor.data.size() != count * size) {
    return broken("a constant of the shape " + shape_text(tensor.shape) + " has " +
                  std::to_string(tensor.data.size()) + " bytes");
  }
  const bool is_float = tensor.type == ElementType::kFloat32 || tensor.type == ElementType::kFloat16;
  const bool is_quantised = !is_float && !tensor.scales.empty();
  std::size_t inner = 1;  // elements from one channel to the next
  for (std::size_t i = tensor.channel_dimension + 1; i < tensor.shape.size(); ++i) inner *= tensor.shape[i];
  std::vector<float> values(count);
  for (std::size_t i = 0; i < count; ++i) {
    double value = raw_value(tensor, i);
    if (is_quantised) {
      const std::size_t scheme = i / inner % tensor.scales.size();
      const auto scale = static_cast<double>(tensor.scales[scheme]);
      value -= static_cast<double>(tensor.zero_points[scheme]);
      if (scale == 0 && value != 0) {
        return broken("the constant " + quoted(tensor.name) +
                      " has the scale 0, which should be above 0, for numbers other than zero");
      }
      value *= scale;
    }
    values[i] = static_cast<float>(value);
    if (!std::isfinite(values[i])) return broken("a constant holds a number that is not finite");
  }
  return values;
}

}  // namespace headstart::tflite
