// Fine-tuning for the tools that measure: a run from start to end on pictures of a file.
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <utility>
#include <vector>

#include "headstart/headstart.h"
#include "network/network_file.h"
#include "pictures.h"

namespace headstart::tools {

// The network up to the maps that a tuner asks for; all of it where that is the picture.
inline Backbone frozen_part(std::span<const std::uint8_t> file, const FineTuner& tuner,
                            const ComputePool& pool) {
  if (tuner.border() == "input") return need(Backbone::load(file, {}, pool));
  BackboneOptions options;
  options.maps = tuner.border_maps();
  Network network = need(trim_network(need(read_network(file)), options.maps));
  return need(Backbone::from_network(std::move(network), options, pool));
}

// Trains with `view_count` of views() of each picture besides itself. `head` is what has to be beaten.
inline FineTuner tune(std::span<const std::uint8_t> file, const Pictures& pictures, const Draw& drawn,
                      const FineTuneOptions& options, std::size_t view_count, const Head& head,
                      const ComputePool& pool) {
  std::vector<FineTuneView> tuned_views;
  for (const std::uint32_t picture : drawn.train) {
    for (std::size_t view = 0; view <= view_count; ++view) {
      tuned_views.push_back({picture, pictures.classes[picture]});
    }
  }
  std::vector<std::string> labels;
  for (std::size_t c = 0; c < pictures.class_count; ++c) labels.push_back(std::to_string(c));
  const BackboneInfo info = need(Backbone::load(file, {}, pool)).info();
  FineTuner tuner =
      need(FineTuner::start(file, info.input_size_px, tuned_views, labels, options, &head, pool));
  Watcher frozen(frozen_part(file, tuner, pool), pictures);
  Backbone& backbone = frozen.backbone();
  std::vector<float> maps;
  for (;;) {
    const std::vector<std::uint32_t> wanted(tuner.wanted_views().begin(), tuner.wanted_views().end());
    for (const std::uint32_t view : wanted) {
      frozen.look(tuned_views[view].picture_index, view % (view_count + 1));
      maps.clear();
      for (std::size_t i = 0; i < backbone.maps().size(); ++i) {
        maps.insert(maps.end(), backbone.map(0, i).begin(), backbone.map(0, i).end());
      }
      need(
          tuner.supply_map(view, backbone.maps().empty() ? backbone.input(0) : std::span<const float>(maps)));
    }
    if (need(tuner.step()).done) return tuner;
  }
}

// The network as training has left it.
inline Backbone changed_network(std::span<const std::uint8_t> file, const FineTuned& tuned,
                                const ComputePool& pool) {
  Network network = need(with_tensors(need(read_network(file)), tuned.tensors));
  return need(Backbone::from_network(std::move(network), {}, pool));
}

}  // namespace headstart::tools
