// A Keras topology in TensorFlow.js's JSON, with its weights: layers are written once and may be used twice.
#pragma once

#include <initializer_list>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "files/json.h"

namespace headstart {

// One key of a layer's configuration, or of any object.
class JsonObject {
 public:
  JsonObject& text(const char* key, std::string_view value);
  JsonObject& number(const char* key, std::size_t value);
  JsonObject& numbers(const char* key, std::initializer_list<std::size_t> values);
  JsonObject& raw(const char* key, std::string_view json);

  [[nodiscard]] std::string json() const { return "{" + text_ + "}"; }

 private:
  void key(const char* name);
  std::string text_;
};

// A layer's result, of its first or second use.
struct TfjsNode {
  std::size_t layer = 0;
  std::size_t use = 0;
};

class TfjsTopology {
 public:
  // Speaks of the layer `name` + `suffix` from here on; what comes back takes its configuration. The first
  // time it is written, and `is_new` says that its weights are still to be given.
  JsonObject& layer(const char* class_name, const std::string& name, const char* suffix = "");
  [[nodiscard]] bool is_new() const { return entries_[current_].config.empty(); }
  void weight(const char* suffix, std::initializer_list<std::size_t> shape, std::span<const float> values);
  // What the layer makes of these: the last that is said of it.
  TfjsNode use(std::span<const TfjsNode> inputs);
  TfjsNode use(const TfjsNode& input) { return use({&input, 1}); }

  [[nodiscard]] std::string model_json(const TfjsNode& input, const TfjsNode& output) const;
  [[nodiscard]] std::span<const float> numbers() const { return numbers_; }

 private:
  struct Entry {
    const char* class_name;
    std::string name;
    std::string config;
    std::vector<std::string> uses;
  };

  [[nodiscard]] std::string node_json(const TfjsNode& node, const char* more) const;

  std::vector<Entry> entries_;
  std::size_t current_ = 0;
  JsonObject config_;  // of the current layer
  std::string manifest_;
  std::vector<float> numbers_;
};

}  // namespace headstart
