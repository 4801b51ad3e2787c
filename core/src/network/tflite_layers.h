// From the operators of a .tflite file to layers, one by one.
#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <vector>

#include "headstart/status.h"
#include "network/draft.h"
#include "network/tflite_model.h"

namespace headstart::tflite {

// Errors of one operator: bad-file, and unsupported with its name.
[[nodiscard]] Error bad_operator(const Operator& op, const std::string& what);
[[nodiscard]] Error unsupported_operator(const Operator& op, const std::string& what);

class LayerMaker {
 public:
  // `input` is the position of the picture's tensor. `file` must outlive this.
  LayerMaker(const Model& file, std::size_t input);

  // In the file's order. bad-file, or unsupported with the operator's name.
  Status add(const Operator& op);

  [[nodiscard]] std::size_t parameter_count() const { return parameter_count_; }
  Draft take() && { return std::move(draft_); }

 private:
  // What a tensor is: a layer's map, still to be padded with zeros where a PAD came after it.
  struct Value {
    std::string map;  // empty: not made (yet)
    MapShape shape;
    std::optional<MapScale> picture;  // of the picture itself, where it was made bytes
    Padding pad{PaddingKind::kExplicit};
    bool is_not_negative = false;

    [[nodiscard]] bool is_padded() const { return pad != Padding{PaddingKind::kExplicit}; }
  };

  [[nodiscard]] Status check_quantisation(const Operator& op) const;
  Result<Value> value_of(const Operator& op, std::size_t input, bool may_be_padded = false) const;
  [[nodiscard]] const TensorRecord* constant_of(const Operator& op, std::size_t input) const;
  Result<std::vector<float>> numbers_of(const Operator& op, std::size_t input);
  Result<std::vector<float>> biases_of(const Operator& op, std::size_t channel_count);
  Status finish(const Operator& op, DraftLayer layer, const MapShape& shape);
  [[nodiscard]] std::optional<Quantisation> quantisation_of(const Operator& op, const Layer& layer) const;
  Status pass_on(const Operator& op, Value value);

  Status add_convolution(const Operator& op);
  Status add_depthwise(const Operator& op);
  Status add_fully_connected(const Operator& op);
  Status add_pool(const Operator& op);
  Status add_pad(const Operator& op);
  Status add_mean(const Operator& op);
  Status add_pair(const Operator& op);
  Status add_scale(const Operator& op, std::size_t constant_input);
  Status add_concatenation(const Operator& op);
  Status add_activation(const Operator& op, Activation activation);
  Status set_window(const Operator& op, const Value& input, std::size_t kernel_height,
                    std::size_t kernel_width, Layer& layer) const;

  const Model& file_;
  std::int32_t picture_;                      // position among the tensors
  std::vector<Value> values_;                 // [tensor count]
  std::vector<const TensorRecord*> aliases_;  // [tensor count], constants behind a DEQUANTIZE
  Draft draft_;
  std::size_t parameter_count_ = 0;
};

}  // namespace headstart::tflite
