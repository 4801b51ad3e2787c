// Small .tflite files for tests, made of nothing but what a test says.
#pragma once

#include <cstdint>
#include <cstring>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "support/random_backbone.h"

namespace headstart::test {

// A FlatBuffer as a tree of tables, vectors and texts, written parents first.
class Flat {
 public:
  using Bytes = std::vector<std::uint8_t>;

  template <typename Number>
  Flat& number(std::size_t field, Number value) {
    Bytes bytes(sizeof(Number));
    std::memcpy(bytes.data(), &value, sizeof(Number));
    fields_.push_back({field, std::move(bytes), nullptr});
    return *this;
  }
  Flat& child(std::size_t field, Flat value) {
    fields_.push_back({field, {}, std::make_shared<Flat>(std::move(value))});
    return *this;
  }
  Flat& text(std::size_t field, const std::string& value) {
    Flat made = numbers(std::vector<std::uint8_t>(value.begin(), value.end()));
    made.vector_.push_back(0);
    return child(field, std::move(made));
  }

  template <typename Number>
  static Flat numbers(const std::vector<Number>& values) {
    Flat made;
    made.is_vector_ = true;
    made.count_ = values.size();
    made.vector_.resize(values.size() * sizeof(Number));
    if (!values.empty()) std::memcpy(made.vector_.data(), values.data(), made.vector_.size());
    return made;
  }
  static Flat tables(std::vector<Flat> values) {
    Flat made;
    made.is_vector_ = true;
    made.count_ = values.size();
    for (Flat& value : values) made.children_.push_back(std::make_shared<Flat>(std::move(value)));
    return made;
  }

  [[nodiscard]] Bytes file(const char* identifier) const {
    Bytes out(8);
    std::memcpy(out.data() + 4, identifier, 4);
    put_offset(out, 0, write(out));
    return out;
  }

 private:
  struct Field {
    std::size_t number;
    Bytes bytes;
    std::shared_ptr<Flat> child;
  };

  static void put_offset(Bytes& out, std::size_t from, std::size_t to) {
    const auto offset = static_cast<std::uint32_t>(to - from);
    std::memcpy(out.data() + from, &offset, 4);
  }
  static void align(Bytes& out, std::size_t size) { out.resize((out.size() + size - 1) / size * size); }

  std::size_t write(Bytes& out) const {
    align(out, 8);
    return is_vector_ ? write_vector(out) : write_table(out);
  }

  std::size_t write_vector(Bytes& out) const {
    align(out, 8);
    out.resize(out.size() + 4);  // so that the numbers themselves lie at a multiple of eight
    const std::size_t at = out.size();
    const auto count = static_cast<std::uint32_t>(count_);
    out.resize(at + 4);
    std::memcpy(out.data() + at, &count, 4);
    out.insert(out.end(), vector_.begin(), vector_.end());
    const std::size_t first = out.size();
    out.resize(first + 4 * children_.size());
    for (std::size_t i = 0; i < children_.size(); ++i) {
      put_offset(out, first + 4 * i, children_[i]->write(out));
    }
    return at;
  }

  std::size_t write_table(Bytes& out) const {
    std::size_t field_count = 0;
    for (const Field& field : fields_) field_count = std::max(field_count, field.number + 1);
    const std::size_t list = out.size();
    out.resize(list + 4 + 2 * field_count);
    align(out, 8);
    const std::size_t at = out.size();
    out.resize(at + 8);
    const auto back = static_cast<std::int32_t>(at - list);
    std::memcpy(out.data() + at, &back, 4);
    std::vector<std::size_t> places;
    for (const Field& field : fields_) {
      const std::size_t size = field.child ? 4 : field.bytes.size();
      align(out, size);
      const auto place = static_cast<std::uint16_t>(out.size() - at);
      std::memcpy(out.data() + list + 4 + 2 * field.number, &place, 2);
      places.push_back(out.size());
      out.resize(out.size() + size);
      if (!field.child) std::memcpy(out.data() + places.back(), field.bytes.data(), size);
    }
    const auto list_size = static_cast<std::uint16_t>(4 + 2 * field_count);
    const auto table_size = static_cast<std::uint16_t>(out.size() - at);
    std::memcpy(out.data() + list, &list_size, 2);
    std::memcpy(out.data() + list + 2, &table_size, 2);
    for (std::size_t i = 0; i < fields_.size(); ++i) {
      if (fields_[i].child) put_offset(out, places[i], fields_[i].child->write(out));
    }
    return at;
  }

  std::vector<Field> fields_;
  std::vector<std::shared_ptr<Flat>> children_;
  Bytes vector_;
  std::size_t count_ = 0;
  bool is_vector_ = false;
};

// A .tflite, operator by operator. Each adds what it makes and returns its position among the tensors.
class TfliteBuilder {
 public:
  using Shape = std::vector<std::int32_t>;
  enum Type : std::uint8_t { kFloat32 = 0, kFloat16 = 1, kInt32 = 2, kUint8 = 3, kInt8 = 9 };
  enum Op : std::int32_t {
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
    kReshape = 22,
    kPad = 34,
    kTranspose = 39,
    kMean = 40,
    kHardSwish = 117
  };

  explicit TfliteBuilder(std::int32_t side, std::uint64_t seed = 1) : numbers_(seed) {
    input_ = tensor({1, side, side, 3}, kFloat32, 0);
  }

  [[nodiscard]] std::int32_t input() const { return input_; }

  static Flat scheme(const std::vector<float>& scales, const std::vector<std::int64_t>& zero_points) {
    Flat made;
    made.child(2, Flat::numbers(scales));
    made.child(3, Flat::numbers(zero_points));
    return made;
  }

  // Replaces the tensor of a map by one of another type and scheme.
  void quantise(std::int32_t map, Type type, const Flat& scheme) {
    const auto index = static_cast<std::size_t>(map);
    tensors_[index] = tensor_table(shapes_[index], type, 0, &scheme);
  }
  // The same of the picture.
  void quantise_input(Type type, float scale, std::int64_t zero_point) {
    quantise(input_, type, scheme({scale}, {zero_point}));
  }
  void name(std::int32_t tensor, const std::string& text) {
    tensors_[static_cast<std::size_t>(tensor)].text(3, text);
  }

  // From here on maps are bytes in these steps about zero, and weights bytes with a scale for each channel.
  void compute_in_bytes(float step) {
    map_scheme_ = Flat().child(2, Flat::numbers(std::vector<float>{step}));
    map_scheme_->child(3, Flat::numbers(std::vector<std::int64_t>{0}));
    map_type_ = kInt8;
  }

  template <typename Number>
  std::int32_t constant(const Shape& shape, Type type, const std::vector<Number>& values,
                        const Flat* scheme = nullptr) {
    buffers_.push_back(Flat().child(0, Flat::numbers(as_bytes(values))));
    return tensor(shape, type, static_cast<std::uint32_t>(buffers_.size()), scheme);
  }
  std::int32_t random(const Shape& shape, float scale) {
    std::int32_t count = 1;
    for (const std::int32_t length : shape) count *= length;
    std::vector<float> values(static_cast<std::size_t>(count));
    for (float& value : values) value = scale * numbers_.next();
    return constant(shape, kFloat32, values);
  }

  std::int32_t random_weights(const Shape& shape, float scale, std::int32_t channel_dimension) {
    if (!map_scheme_) return random(shape, scale);
    std::int32_t count = 1;
    for (const std::int32_t length : shape) count *= length;
    std::vector<std::int8_t> bytes(static_cast<std::size_t>(count));
    for (std::int8_t& byte : bytes) byte = static_cast<std::int8_t>(127 * numbers_.next());
    std::vector<float> scales;
    for (std::int32_t i = 0; i < shape[static_cast<std::size_t>(channel_dimension)]; ++i) {
      scales.push_back(scale / 127 * (1 + 0.5F * numbers_.next()));
    }
    Flat scheme;
    scheme.child(2, Flat::numbers(scales));
    scheme.child(3, Flat::numbers(std::vector<std::int64_t>(scales.size())));
    scheme.number(6, channel_dimension);
    return constant(shape, kInt8, bytes, &scheme);
  }

  std::int32_t add(Op op, const std::vector<std::int32_t>& inputs, const Shape& output,
                   const Flat& options = {}) {
    const std::int32_t made = tensor(output, map_type_, 0, map_scheme_ ? &*map_scheme_ : nullptr);
    codes_.push_back(Flat().number<std::int8_t>(0, static_cast<std::int8_t>(op)).number<std::int32_t>(3, op));
    operators_.push_back(Flat()
                             .number(0, static_cast<std::uint32_t>(codes_.size() - 1))
                             .child(1, Flat::numbers(inputs))
                             .child(2, Flat::numbers(std::vector<std::int32_t>{made}))
                             .child(4, options));
    return made;
  }

  [[nodiscard]] const Shape& shape(std::int32_t tensor) const {
    return shapes_[static_cast<std::size_t>(tensor)];
  }

  std::int32_t convolution(std::int32_t input, std::int32_t channels, std::int32_t kernel = 1,
                           std::int32_t stride = 1, std::int8_t activation = 0, bool is_same = true) {
    const Shape& in = shape(input);
    const float scale = std::sqrt(3.0F / static_cast<float>(kernel * kernel * in[3]));
    const std::int32_t weights = random_weights({channels, kernel, kernel, in[3]}, scale, 0);
    const std::int32_t biases = random({channels}, 0.3F);
    return add(kConvolution, {input, weights, biases}, window(input, channels, kernel, stride, is_same),
               window_options(stride, is_same).number(3, activation));
  }
  std::int32_t depthwise(std::int32_t input, std::int32_t kernel, std::int32_t stride, std::int8_t activation,
                         bool is_same = true, std::int32_t multiplier = 1) {
    const std::int32_t channels = shape(input)[3] * multiplier;
    const std::int32_t weights = random_weights({1, kernel, kernel, channels},
                                                std::sqrt(3.0F / static_cast<float>(kernel * kernel)), 3);
    const std::int32_t biases = random({channels}, 0.3F);
    return add(kDepthwise, {input, weights, biases}, window(input, channels, kernel, stride, is_same),
               window_options(stride, is_same).number(3, multiplier).number(4, activation));
  }
  std::int32_t pool(Op op, std::int32_t input, std::int32_t kernel, std::int32_t stride, bool is_same) {
    return add(op, {input}, window(input, shape(input)[3], kernel, stride, is_same),
               window_options(stride, is_same).number(3, kernel).number(4, kernel));
  }
  std::int32_t pad(std::int32_t input, std::int32_t before, std::int32_t after) {
    const std::int32_t sides =
        constant({4, 2}, kInt32, std::vector<std::int32_t>{0, 0, before, after, before, after, 0, 0});
    const Shape& in = shape(input);
    return add(kPad, {input, sides}, {1, in[1] + before + after, in[2] + before + after, in[3]});
  }
  std::int32_t mean(std::int32_t input, bool keeps_dimensions = true) {
    const std::int32_t axes = constant({2}, kInt32, std::vector<std::int32_t>{1, 2});
    const std::int32_t channels = shape(input)[3];
    return add(kMean, {input, axes}, keeps_dimensions ? Shape{1, 1, 1, channels} : Shape{1, channels});
  }
  // A classifier: mean, a dense layer.
  std::int32_t classifier(std::int32_t input, std::int32_t classes) {
    const std::int32_t pooled = mean(input, /*keeps_dimensions=*/false);
    const std::int32_t weights = random({classes, shape(input)[3]}, 0.1F);
    return add(kFullyConnected, {pooled, weights}, {1, classes});
  }

  void set_metadata(const Flat::Bytes& file) { metadata_ = file; }

  [[nodiscard]] Flat::Bytes file() const {
    std::vector<Flat> buffers = {Flat()};
    buffers.insert(buffers.end(), buffers_.begin(), buffers_.end());
    Flat graph;
    graph.child(0, Flat::tables(tensors_)).child(1, Flat::numbers(std::vector<std::int32_t>{input_}));
    graph.child(3, Flat::tables(operators_));
    Flat model;
    model.number<std::uint32_t>(0, 3).child(1, Flat::tables(codes_)).child(2, Flat::tables({graph}));
    if (!metadata_.empty()) {
      const auto position = static_cast<std::uint32_t>(buffers.size());
      buffers.push_back(Flat().child(0, Flat::numbers(metadata_)));
      Flat entry;
      entry.text(0, "TFLITE_METADATA").number(1, position);
      model.child(6, Flat::tables({entry}));
    }
    model.child(4, Flat::tables(buffers));
    return model.file("TFL3");
  }

 private:
  template <typename Number>
  static Flat::Bytes as_bytes(const std::vector<Number>& values) {
    Flat::Bytes bytes(values.size() * sizeof(Number));
    std::memcpy(bytes.data(), values.data(), bytes.size());
    return bytes;
  }

  Flat tensor_table(const Shape& shape, Type type, std::uint32_t buffer, const Flat* scheme) {
    Flat table;
    table.child(0, Flat::numbers(shape)).number<std::uint8_t>(1, type).number(2, buffer);
    if (scheme != nullptr) table.child(4, *scheme);
    return table;
  }
  std::int32_t tensor(const Shape& shape, Type type, std::uint32_t buffer, const Flat* scheme = nullptr) {
    tensors_.push_back(tensor_table(shape, type, buffer, scheme));
    shapes_.push_back(shape);
    return static_cast<std::int32_t>(tensors_.size() - 1);
  }

  Shape window(std::int32_t input, std::int32_t channels, std::int32_t kernel, std::int32_t stride,
               bool is_same) const {
    const std::int32_t in = shape(input)[1];
    const std::int32_t out = is_same ? (in + stride - 1) / stride : (in - kernel) / stride + 1;
    return {1, out, out, channels};
  }
  static Flat window_options(std::int32_t stride, bool is_same) {
    Flat options;
    options.number<std::int8_t>(0, is_same ? 0 : 1).number(1, stride).number(2, stride);
    return options;
  }

  RandomNumbers numbers_;
  std::int32_t input_ = 0;
  Type map_type_ = kFloat32;
  std::optional<Flat> map_scheme_;
  std::vector<Flat> tensors_;
  std::vector<Shape> shapes_;
  std::vector<Flat> buffers_;  // from the second on: the first is empty, as the format has it
  std::vector<Flat> codes_;
  std::vector<Flat> operators_;
  Flat::Bytes metadata_;
};

}  // namespace headstart::test
