// A Keras topology in TensorFlow.js's JSON, with its weights: layers are written once and may be used twice.
#pragma once

#include <map>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "files/json.h"

namespace headstart {

// One key of a layer's configuration, or of any object.
class JsonObject {
 public:
  JsonObject& text(std::string_view key, std::string_view value);
  JsonObject& number(std::string_view key, double value);
  JsonObject& raw(std::string_view key, std::string_view json);

  [[nodiscard]] std::string json() const { return "{" + text_ + "}"; }

 private:
  void key(std::string_view name);
  std::string text_;
};

// "[1,2]".
[[nodiscard]] std::string json_numbers(std::span<const std::size_t> numbers);

// A layer's result, of its first or second use.
struct TfjsNode {
  std::string layer;
  std::size_t use = 0;
};

struct TfjsWeight {
  std::string_view suffix;  // "kernel", "bias", …
  std::vector<std::size_t> shape;
  std::vector<float> values;
};

class TfjsTopology {
 public:
  // Uses the layer `name` on `inputs`; the first use writes it. `weights_of` is asked then only.
  template <typename WeightsOf>
  TfjsNode use(std::string_view class_name, std::string name, const JsonObject& config,
               std::span<const TfjsNode> inputs, const WeightsOf& weights_of) {
    name = plain_name(name);
    if (!positions_.contains(name)) {
      begin_layer(class_name, name, config);
      for (const TfjsWeight& weight : weights_of()) add_weight(name, weight);
    }
    return add_use(name, inputs);
  }
  TfjsNode use(std::string_view class_name, std::string name, const JsonObject& config,
               std::span<const TfjsNode> inputs) {
    return use(class_name, std::move(name), config, inputs, [] { return std::vector<TfjsWeight>(); });
  }

  [[nodiscard]] std::string model_json(const TfjsNode& input, const TfjsNode& output) const;
  [[nodiscard]] std::span<const float> numbers() const { return numbers_; }

 private:
  struct Entry {
    std::string class_name;
    std::string name;
    std::string config;
    std::vector<std::string> uses;
  };

  static std::string plain_name(std::string_view name);
  void begin_layer(std::string_view class_name, const std::string& name, const JsonObject& config);
  void add_weight(const std::string& layer, const TfjsWeight& weight);
  TfjsNode add_use(const std::string& name, std::span<const TfjsNode> inputs);

  std::vector<Entry> entries_;
  std::map<std::string, std::size_t, std::less<>> positions_;
  std::string manifest_;
  std::vector<float> numbers_;
};

}  // namespace headstart
