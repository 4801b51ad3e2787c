#include "export/tflite_file.h"

#include <algorithm>
#include <array>
#include <utility>

#include "export/zip_writer.h"

namespace headstart {
namespace {

constexpr std::uint32_t kSchemaVersion = 3;
// A model's numbers are used where they lie in the file.
constexpr std::size_t kBufferAlignment = 16;
constexpr const char* kLabelsFile = "labels.txt";
constexpr const char* kMetadataName = "TFLITE_METADATA";

// Fields of the schema's tables stand as numbers, in its order.
FlatTable quantization_table(const TfliteScales& scales) {
  const std::vector<std::int64_t> zero_points(scales.scales.size(), scales.zero_point);
  FlatTable table;
  table.numbers<float>(2, scales.scales).numbers<std::int64_t>(3, zero_points);
  return table.i32(6, scales.dimension);
}

FlatTable tensor_table(const TfliteTensor& tensor, std::uint32_t buffer) {
  FlatTable table;
  table.numbers<std::int32_t>(0, tensor.shape).i8(1, static_cast<std::int8_t>(tensor.type));
  table.u32(2, buffer).text(3, tensor.name);
  if (tensor.scales) table.table(4, quantization_table(*tensor.scales));
  return table;
}

FlatTable buffer_table(std::span<const std::uint8_t> bytes) {
  FlatTable table;
  if (!bytes.empty()) table.aligned_bytes(0, bytes, kBufferAlignment);
  return table;
}

// A class's name is one line.
std::string labels_text(const std::vector<std::string>& labels) {
  std::string text;
  for (const std::string& label : labels) {
    for (const char c : label) text += c == '\n' || c == '\r' ? ' ' : c;
    text += '\n';
  }
  return text;
}

FlatTable image_metadata(const TfliteMetadata& metadata) {
  FlatTable image;
  image.i8(0, 1);  // RGB
  FlatTable content;
  content.u8(0, 2).table(1, std::move(image));  // ImageProperties
  const std::array mean = {metadata.mean};
  const std::array deviation = {metadata.deviation};
  FlatTable normalisation;
  normalisation.numbers<float>(0, mean).numbers<float>(1, deviation);
  FlatTable unit;
  unit.u8(0, 1).table(1, std::move(normalisation));  // NormalizationOptions
  const std::array most = {(255 - metadata.mean) / metadata.deviation};
  const std::array least = {-metadata.mean / metadata.deviation};
  FlatTable stats;
  stats.numbers<float>(0, most).numbers<float>(1, least);
  FlatTable input;
  input.text(0, "picture").text(1, "A square cut from the middle of a picture, never stretched.");
  return input.table(3, std::move(content)).tables(4, {unit}).table(5, std::move(stats));
}

FlatTable probabilities_metadata() {
  FlatTable labels;
  labels.text(0, kLabelsFile).i8(2, 2);  // TENSOR_AXIS_LABELS
  FlatTable feature;
  FlatTable content;
  content.u8(0, 1).table(1, feature);  // FeatureProperties
  const std::array most = {1.0F};
  const std::array least = {0.0F};
  FlatTable stats;
  stats.numbers<float>(0, most).numbers<float>(1, least);
  FlatTable output;
  output.text(0, "probabilities").text(1, "One for each class; they sum to 1.").table(3, std::move(content));
  return output.table(5, std::move(stats)).tables(6, {labels});
}

std::vector<std::uint8_t> metadata_file(const TfliteMetadata& metadata) {
  FlatTable subgraph;
  subgraph.tables(2, {image_metadata(metadata)}).tables(3, {probabilities_metadata()});
  FlatTable root;
  root.text(0, metadata.name).text(1, "Tells pictures apart. Made with Headstart.").text(2, "1");
  root.tables(3, {subgraph}).text(5, metadata.license).text(7, "1.0.0");
  return root.finish("M001");
}

}  // namespace

std::int32_t TfliteFile::add_tensor(TfliteTensor tensor) {
  tensors_.push_back(std::move(tensor));
  return static_cast<std::int32_t>(tensors_.size() - 1);
}

void TfliteFile::add_op(TfliteOp op, std::int32_t version, std::vector<std::int32_t> inputs,
                        std::int32_t output, TfliteOptions kind, FlatTable options) {
  auto code = std::ranges::find_if(codes_, [&](const Code& c) { return c.op == op && c.version == version; });
  if (code == codes_.end()) code = codes_.insert(codes_.end(), {op, version});
  operators_.push_back({static_cast<std::uint32_t>(code - codes_.begin()), std::move(inputs), output, kind,
                        std::move(options)});
}

std::vector<std::uint8_t> TfliteFile::finish(std::int32_t input, std::int32_t output,
                                             const TfliteMetadata& metadata) const {
  std::vector<FlatTable> codes;
  for (const Code& code : codes_) {
    const auto builtin = static_cast<std::int32_t>(code.op);
    FlatTable table;
    codes.push_back(table.i8(0, static_cast<std::int8_t>(builtin)).i32(2, code.version).i32(3, builtin));
  }
  std::vector<FlatTable> buffers = {buffer_table({})};  // the first stays empty, for what is computed
  std::vector<FlatTable> tensors;
  for (const TfliteTensor& tensor : tensors_) {
    const auto buffer = tensor.bytes.empty() ? std::size_t{0} : buffers.size();
    tensors.push_back(tensor_table(tensor, static_cast<std::uint32_t>(buffer)));
    if (!tensor.bytes.empty()) buffers.push_back(buffer_table(tensor.bytes));
  }
  std::vector<FlatTable> operators;
  for (const Operator& op : operators_) {
    const std::array outputs = {op.output};
    FlatTable table;
    table.u32(0, op.code).numbers<std::int32_t>(1, op.inputs).numbers<std::int32_t>(2, outputs);
    if (op.kind != TfliteOptions::kNone) table.u8(3, static_cast<std::uint8_t>(op.kind)).table(4, op.options);
    operators.push_back(std::move(table));
  }
  const std::array inputs = {input};
  const std::array outputs = {output};
  FlatTable subgraph;
  subgraph.tables(0, std::move(tensors)).numbers<std::int32_t>(1, inputs).numbers<std::int32_t>(2, outputs);
  subgraph.tables(3, std::move(operators)).text(4, "main");
  FlatTable note;
  note.text(0, kMetadataName).u32(1, static_cast<std::uint32_t>(buffers.size()));
  buffers.push_back(buffer_table(metadata_file(metadata)));
  FlatTable model;
  model.u32(0, kSchemaVersion).tables(1, std::move(codes)).tables(2, {subgraph}).text(3, metadata.name);
  model.tables(4, std::move(buffers)).tables(6, {note});
  std::vector<std::uint8_t> file = model.finish("TFL3");
  ZipWriter zip;
  zip.add(kLabelsFile, labels_text(metadata.labels));
  append_bytes(file, zip.finish(file.size()));
  return file;
}

}  // namespace headstart
