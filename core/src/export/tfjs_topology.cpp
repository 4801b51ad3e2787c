#include "export/tfjs_topology.h"

#include <algorithm>

namespace headstart {
namespace {

void separate(std::string& list) {
  if (!list.empty()) list += ',';
}

// Keras's names, which TensorFlow.js takes for paths where there is a slash.
std::string plain_name(std::string name) {
  for (char& c : name) {
    const bool is_plain = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9');
    if (!is_plain) c = '_';
  }
  return name;
}

}  // namespace

void JsonObject::key(const char* name) {
  separate(text_);
  append_json_string(text_, name);
  text_ += ':';
}

JsonObject& JsonObject::text(const char* name, std::string_view value) {
  key(name);
  append_json_string(text_, value);
  return *this;
}

JsonObject& JsonObject::number(const char* name, std::size_t value) {
  return raw(name, std::to_string(value));
}

JsonObject& JsonObject::numbers(const char* name, std::initializer_list<std::size_t> values) {
  return raw(name, write_json_number_array({values.begin(), values.size()}));
}

JsonObject& JsonObject::raw(const char* name, std::string_view json) {
  key(name);
  text_ += json;
  return *this;
}

JsonObject& TfjsTopology::layer(const char* class_name, const std::string& name, const char* suffix) {
  const std::string plain = plain_name(name + suffix);
  const auto found = std::ranges::find(entries_, plain, &Entry::name);
  current_ = static_cast<std::size_t>(found - entries_.begin());
  if (found == entries_.end()) entries_.push_back({class_name, plain, {}, {}});
  config_ = JsonObject();
  return config_;
}

void TfjsTopology::weight(const char* suffix, std::initializer_list<std::size_t> shape,
                          std::span<const float> values) {
  separate(manifest_);
  JsonObject entry;
  entry.text("name", entries_[current_].name + "/" + suffix);
  manifest_ += entry.numbers("shape", shape).text("dtype", "float32").json();
  numbers_.insert(numbers_.end(), values.begin(), values.end());
}

TfjsNode TfjsTopology::use(std::span<const TfjsNode> inputs) {
  std::string use;
  for (const TfjsNode& input : inputs) {
    separate(use);
    use += node_json(input, ",{}]");
  }
  Entry& entry = entries_[current_];
  if (is_new()) entry.config = config_.text("name", entry.name).raw("trainable", "true").json();
  std::vector<std::string>& uses = entry.uses;
  if (!inputs.empty()) uses.push_back("[" + use + "]");
  return {current_, uses.empty() ? 0 : uses.size() - 1};
}

std::string TfjsTopology::node_json(const TfjsNode& node, const char* more) const {
  std::string json = "[";
  append_json_string(json, entries_[node.layer].name);
  return json + "," + std::to_string(node.use) + ",0" + more;
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
  config.raw("input_layers", "[" + node_json(input, "]") + "]");
  config.raw("output_layers", "[" + node_json(output, "]") + "]");
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
