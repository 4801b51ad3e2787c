// Where the time of a network goes: the same kinds of operators together, in the order of their cost. Prints
// one line of JSON. The clock counts whole microseconds, half of one is added for what it cuts off.
//
//   bench_operators NETWORK.tflite|BACKBONE.safetensors [rounds] [int8]
#include <algorithm>
#include <cstdio>
#include <cstdlib>
#include <string>
#include <string_view>
#include <vector>

#include "backbone/graph_builder.h"
#include "backbone/network_graph.h"
#include "headstart/buffer.h"
#include "headstart/headstart.h"
#include "network/network_file.h"
#include "tool.h"

using namespace headstart;
using namespace headstart::tools;

namespace {

struct Operators {
  std::string name;
  std::size_t count = 0;
  double multiply_adds = 0;  // of convolutions
  double ms = 0;
};

bool is_convolution(const Layer& layer) {
  return layer.kind == LayerKind::kConvolution || layer.kind == LayerKind::kDepthwiseConvolution;
}

std::string window_name(const Layer& layer) {
  const std::string side = std::to_string(layer.kernel_height) + "x" + std::to_string(layer.kernel_width);
  if (layer.kind == LayerKind::kDepthwiseConvolution) return "depthwise " + side;
  return "convolution " + side + (layer.output.place_count() == 1 ? " of a single place" : "");
}

double multiply_adds_of(const Layer& layer) {
  return static_cast<double>(layer.weights->values.size()) * static_cast<double>(layer.output.place_count());
}

// "Multiply (ND, F32)" without what is the same for all.
std::string short_name(std::string_view name) {
  return std::string(name.substr(0, name.find(" (")));
}

// XNNPACK's operators come in the order of the layers, so its convolutions are the network's one by one.
std::vector<Operators> grouped(const Network& network, const std::vector<OperatorTime>& operators) {
  std::vector<Operators> groups;
  auto layer = network.layers.begin();
  for (const OperatorTime& each : operators) {
    Operators one{.name = short_name(each.name), .count = 1, .ms = each.ms};
    if (one.name == "Convolution") {
      layer = std::find_if(layer, network.layers.end(), is_convolution);
      if (layer == network.layers.end()) fail("there are more convolutions than the network has");
      one.name = window_name(*layer);
      one.multiply_adds = multiply_adds_of(*layer);
      ++layer;
    }
    const auto group = std::ranges::find(groups, one.name, &Operators::name);
    if (group == groups.end()) {
      groups.push_back(one);
      continue;
    }
    group->count += 1;
    group->multiply_adds += one.multiply_adds;
    group->ms += one.ms;
  }
  std::ranges::sort(groups, std::ranges::greater(), &Operators::ms);
  return groups;
}

}  // namespace

int main(int argument_count, char** arguments) {
  if (argument_count < 2) fail("expected: bench_operators NETWORK [rounds] [int8]");
  const int rounds = std::max(1, argument_count > 2 ? std::atoi(arguments[2]) : 100);
  const std::vector<std::uint8_t> file = read_file(arguments[1]);
  const auto pool = need(ComputePool::create(1));
  Network network = need(read_network(file));
  need(fit_network(network, network.input_size_px));

  // The input is external value 0, the means come behind it.
  std::uint32_t external_count = 1;
  std::vector<PaddedBuffer<float>> memory;
  memory.push_back(need(PaddedBuffer<float>::create(network.input_size_px * network.input_size_px * 3)));
  NetworkGraph parts;
  if (argument_count > 3 && std::string_view(arguments[3]) == "int8") parts.precision = Precision::kInt8;
  parts.map_id = [](std::string_view) -> ExternalId { return std::nullopt; };
  parts.mean_id = [&](std::string_view name) {
    const std::size_t count = network.map_of(*network.find_block(name)).channel_count;
    memory.push_back(need(PaddedBuffer<float>::create(count)));
    return external_count++;
  };
  std::uint32_t tapped_count = 0;
  for (const Block& block : network.blocks) tapped_count += block.is_tapped ? 1 : 0;
  GraphBuilder graph(1 + tapped_count);
  add_network(graph, network, parts);
  GraphRuntime runtime = need(graph.finish(pool, OperatorTiming::kOn));
  std::vector<ExternalBuffer> buffers;
  for (std::uint32_t id = 0; id < memory.size(); ++id) buffers.push_back({id, memory[id].data()});
  need(runtime.set_up(1, buffers));
  std::size_t at = 0;
  for (float& value : memory[0].span()) value = static_cast<float>(at++ * 37 % 255) / 127.5F - 1.0F;

  std::vector<std::vector<double>> all;  // per operator, over the rounds
  std::vector<OperatorTime> operators;
  for (int round = -5; round < rounds; ++round) {
    need(runtime.run());
    operators = runtime.operator_times();
    all.resize(operators.size());
    if (round < 0) continue;
    for (std::size_t i = 0; i < operators.size(); ++i) all[i].push_back(operators[i].ms);
  }
  for (std::size_t i = 0; i < operators.size(); ++i) {
    // A quarter of the way up: an undisturbed one, and neither luck of a clock's tick.
    const auto low = all[i].begin() + static_cast<std::ptrdiff_t>(all[i].size() / 4);
    std::ranges::nth_element(all[i], low);
    operators[i].ms = *low + 0.0005;
  }

  std::printf("{\"network\":\"%s\",\"operators\":[", network.name.c_str());
  const char* separator = "";
  for (const Operators& group : grouped(network, operators)) {
    std::printf("%s{\"name\":\"%s\",\"count\":%zu,\"multiply_adds\":%.0f,\"ms\":%.4f}", separator,
                group.name.c_str(), group.count, group.multiply_adds, group.ms);
    separator = ",";
  }
  std::printf("]}\n");
  return 0;
}
