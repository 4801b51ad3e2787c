#include "export/tflite_file.h"

#include <algorithm>
#include <utility>

#include "export/zip_writer.h"

namespace headstart {
namespace {

constexpr std::int32_t kSchemaVersion = 3;
constexpr std::size_t kBufferAlignment = 16;
constexpr const char* kLabelsFile = "labels.txt";
constexpr const char* kMetadataName = "TFLITE_METADATA";

// Fields of the schema's tables stand as numbers, in its order.
void describe_scales(const TfliteScales& scales, FlatTable& table) {
  const std::vector<std::int64_t> zero_points(scales.scales.size(), scales.zero_point);
  table.vector<float>(2, scales.scales).vector<std::int64_t>(3, zero_points);
  table.numbers({FlatNumber::whole(6, scales.dimension)});
}

void describe_tensor(const TfliteTensor& tensor, std::size_t buffer, FlatTable& table) {
  table.vector<std::int32_t>(0, tensor.shape).text(3, tensor.name);
  table.numbers({FlatNumber::byte(1, static_cast<std::int32_t>(tensor.type)), FlatNumber::whole(2, buffer)});
  if (tensor.scales) describe_scales(*tensor.scales, table.table(4));
}

// A class's name is one line.
std::string labels_text(std::span<const std::string> labels) {
  std::string text;
  for (const std::string& label : labels) {
    for (const char c : label) text += c == '\n' || c == '\r' ? ' ' : c;
    text += '\n';
  }
  return text;
}

void describe_range(float least, float most, FlatTable& stats) {
  stats.vector<float>(0, {&most, 1}).vector<float>(1, {&least, 1});
}

void describe_picture(const TfliteMetadata& metadata, FlatTable& input) {
  input.text(0, "picture").text(1, "A square cut from the middle of a picture, never stretched.");
  FlatTable& content = input.table(3).numbers({FlatNumber::byte(0, 2)});   // ImageProperties
  content.table(1).numbers({FlatNumber::byte(0, 1)});                      // RGB
  FlatTable& unit = input.add_table(4).numbers({FlatNumber::byte(0, 1)});  // NormalizationOptions
  unit.table(1).vector<float>(0, {&metadata.mean, 1}).vector<float>(1, {&metadata.deviation, 1});
  describe_range(-metadata.mean / metadata.deviation, (255 - metadata.mean) / metadata.deviation,
                 input.table(5));
}

void describe_probabilities(FlatTable& output) {
  output.text(0, "probabilities").text(1, "One for each class; they sum to 1.");
  FlatTable& content = output.table(3).numbers({FlatNumber::byte(0, 1)});  // FeatureProperties
  content.table(1);
  describe_range(0, 1, output.table(5));
  output.add_table(6).text(0, kLabelsFile).numbers({FlatNumber::byte(2, 2)});  // TENSOR_AXIS_LABELS
}

std::vector<std::uint8_t> metadata_file(const TfliteMetadata& metadata) {
  FlatTable root;
  root.text(0, metadata.name).text(1, "Tells pictures apart. Made with Headstart.").text(2, "1");
  FlatTable& subgraph = root.add_table(3);
  describe_picture(metadata, subgraph.add_table(2));
  describe_probabilities(subgraph.add_table(3));
  root.text(5, metadata.license).text(7, "1.0.0");
  return root.finish("M001");
}

// A model's numbers are used where they lie in the file.
void add_buffer(FlatTable& model, std::span<const std::uint8_t> bytes) {
  model.add_table(4).bytes(0, bytes, 1, kBufferAlignment);
}

}  // namespace

std::int32_t TfliteFile::add_tensor(TfliteTensor tensor) {
  tensors_.push_back(std::move(tensor));
  return static_cast<std::int32_t>(tensors_.size() - 1);
}

void TfliteFile::add_op(TfliteOp op, std::int32_t version, const WholeNumbers& inputs, std::int32_t output,
                        TfliteOptions kind, std::initializer_list<FlatNumber> options) {
  const Code code = {op, version};
  const auto found = std::ranges::find(codes_, code);
  const auto position = static_cast<std::size_t>(found - codes_.begin());
  if (found == codes_.end()) codes_.push_back(code);
  operators_.push_back({position, inputs.copy(), output, kind, options});
}

std::vector<std::uint8_t> TfliteFile::finish(std::int32_t input, std::int32_t output,
                                             const TfliteMetadata& metadata) const {
  FlatTable model;
  model.numbers({FlatNumber::whole(0, kSchemaVersion)}).text(3, metadata.name);
  for (const Code& code : codes_) {
    const auto builtin = static_cast<std::int32_t>(code.op);
    model.add_table(1).numbers(
        {FlatNumber::byte(0, builtin), FlatNumber::whole(2, code.version), FlatNumber::whole(3, builtin)});
  }
  FlatTable& subgraph = model.add_table(2);
  subgraph.vector<std::int32_t>(1, {&input, 1}).vector<std::int32_t>(2, {&output, 1}).text(4, "main");
  model.add_table(4);  // the first buffer stays empty, for what is computed
  std::size_t buffer_count = 1;
  for (const TfliteTensor& tensor : tensors_) {
    describe_tensor(tensor, tensor.bytes.empty() ? 0 : buffer_count, subgraph.add_table(0));
    if (tensor.bytes.empty()) continue;
    add_buffer(model, tensor.bytes);
    ++buffer_count;
  }
  for (const Operator& op : operators_) {
    FlatTable& table = subgraph.add_table(3).numbers({FlatNumber::whole(0, op.code)});
    table.vector<std::int32_t>(1, op.inputs).vector<std::int32_t>(2, {&op.output, 1});
    if (op.kind == TfliteOptions::kNone) continue;
    table.numbers({FlatNumber::byte(3, static_cast<std::int32_t>(op.kind))}).table(4).numbers(op.options);
  }
  model.add_table(6).text(0, kMetadataName).numbers({FlatNumber::whole(1, buffer_count)});
  add_buffer(model, metadata_file(metadata));
  std::vector<std::uint8_t> file = model.finish("TFL3");
  ZipWriter zip;
  zip.add(kLabelsFile, labels_text(metadata.labels));
  append_bytes(file, zip.finish(file.size()));
  return file;
}

}  // namespace headstart
