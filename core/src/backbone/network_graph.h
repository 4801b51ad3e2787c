// From the value of a network to the graph that runs.
#pragma once

#include <cstdint>
#include <functional>
#include <string_view>

#include "backbone/graph_builder.h"
#include "headstart/backbone.h"
#include "headstart/status.h"
#include "network/network.h"

namespace headstart {

// Under which external ids results go out.
struct NetworkGraph {
  std::uint32_t input_id = 0;
  Precision precision = Precision::kFloat32;
  std::function<ExternalId(std::string_view block)> map_id;      // of a block's map that is wanted, or none
  std::function<std::uint32_t(std::string_view block)> mean_id;  // of the mean of a tapped block's map
};

// Adds the network to `graph`: input [input_size_px, input_size_px, 3] to the mean [channel_count] of each
// tapped map. The network must have been checked (check_tensors) and outlive the graph's runtime.
void add_network(GraphBuilder& graph, const Network& network, const NetworkGraph& parts);

}  // namespace headstart
