#include "export/tfjs_topology.h"

#include <charconv>

namespace headstart {
namespace {

void separate(std::string& list) {
  if (!list.empty()) list += ',';
}

std::string node_json(const TfjsNode& node, std::string_view more) {
  std::string json = "[";
  append_json_string(json, node.layer);
  return json + "," + std::to_string(node.use) + ",0" + std::string(more) + "]";
}

}  // namespace

void JsonObject::key(std::string_view name) {
  separate(text_);
  append_json_string(text_, name);
  text_ += ':';
}

JsonObject& JsonObject::text(std::string_view name, std::string_view value) {
  key(name);
  append_json_string(text_, value);
  return *this;
}

JsonObject& JsonObject::number(std::string_view name, double value) {
  char digits[32];
  const auto end = std::to_chars(std::begin(digits), std::end(digits), static_cast<float>(value)).ptr;
  return raw(name, {digits, static_cast<std::size_t>(end - digits)});
}

JsonObject& JsonObject::raw(std::string_view name, std::string_view json) {
  key(name);
  text_ += json;
  return *this;
}

std::string json_numbers(std::span<const std::size_t> numbers) {
  std::string list;
  for (const std::size_t number : numbers) {
    separate(list);
    list += std::to_string(number);
  }
  return "[" + list + "]";
}

// Keras's names, which TensorFlow.js takes for paths where there is a slash.
std::string TfjsTopology::plain_name(std::string_view name) {
  std::string plain(name);
  for (char& c : plain) {
    const bool is_plain = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9');
    if (!is_plain) c = '_';
  }
  return plain;
}

void TfjsTopology::begin_layer(std::string_view class_name, const std::string& name,
                               const JsonObject& config) {
  JsonObject named = config;
  named.text("name", name).raw("trainable", "true");
  positions_.emplace(name, entries_.size());
  entries_.push_back({std::string(class_name), name, named.json(), {}});
}

void TfjsTopology::add_weight(const std::string& layer, const TfjsWeight& weight) {
  separate(manifest_);
  JsonObject entry;
  entry.text("name", layer + "/" + std::string(weight.suffix));
  entry.raw("shape", json_numbers(weight.shape)).text("dtype", "float32");
  manifest_ += entry.json();
  numbers_.insert(numbers_.end(), weight.values.begin(), weight.values.end());
}

TfjsNode TfjsTopology::add_use(const std::string& name, std::span<const TfjsNode> inputs) {
  Entry& entry = entries_[positions_.find(name)->second];
  std::string use;
  for (const TfjsNode& input : inputs) {
    separate(use);
    use += node_json(input, ",{}");
  }
  if (!inputs.empty()) entry.uses.push_back("[" + use + "]");
  return {name, entry.uses.empty() ? 0 : entry.uses.size() - 1};
}

std::string TfjsTopology::model_json(const TfjsNode& input, const TfjsNode& output) const {
  std::string layers;
  for (const Entry& entry : entries_) {
    separate(layers);
    std::string uses;
    for (const std::string& use : entry.uses) {
      separate(uses);
      uses += use;
    }
    JsonObject layer;
    layer.text("class_name", entry.class_name).text("name", entry.name);
    layers += layer.raw("config", entry.config).raw("inbound_nodes", "[" + uses + "]").json();
  }
  JsonObject config;
  config.text("name", "model").raw("layers", "[" + layers + "]");
  config.raw("input_layers", "[" + node_json(input, "") + "]");
  config.raw("output_layers", "[" + node_json(output, "") + "]");
  JsonObject topology;
  topology.text("class_name", "Model").raw("config", config.json());
  topology.text("keras_version", "tfjs-layers 1.7.4").text("backend", "tensor_flow.js");
  JsonObject manifest;
  manifest.raw("paths", "[\"weights.bin\"]").raw("weights", "[" + manifest_ + "]");
  JsonObject model;
  return model.raw("modelTopology", topology.json())
      .raw("weightsManifest", "[" + manifest.json() + "]")
      .json();
}

}  // namespace headstart
