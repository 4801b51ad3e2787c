// The ways to train, by name: what each of them trains, what its head reads, and in which order they are
// simple. The one list of them; names are built from the network's own blocks.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "headstart/advice.h"
#include "headstart/features.h"
#include "headstart/fine_tuner.h"
#include "headstart/status.h"
#include "headstart/trainer.h"

namespace headstart {

struct Strategy {
  std::string name;  // "head", "joined-layers-views", "last-3-blocks", …
  HeadKind head = HeadKind::kDiscriminant;
  bool free_head = false;  // any other kind of head may stand in its place
  FeatureSet features = {
      "last"};               // that the head reads, or that the head reads which fine-tuning has to beat
  bool views = false;        // the head learns from views
  bool second_look = false;  // and looks twice, where mirrored pictures do no harm
  std::optional<FineTuneOptions> tuning = std::nullopt;  // of layers that are trained too, always with views
  std::string border = "last";                           // the last map of the network that stays as it is
  std::string short_name = {};                           // of the cut and the new layers that are usual
  std::optional<DataCase> suits = std::nullopt;          // what to begin with there, before any measurement
  bool is_measured = false;                              // advice tries it
  std::size_t simplicity = 0;                            // its place among all, the simplest first

  // Layers that are trained are read by a discriminant or, for programs that know no transform, by the linear
  // head that descended with them.
  [[nodiscard]] bool takes(HeadKind kind) const {
    return free_head || kind == head || (tuning && kind == HeadKind::kLogistic);
  }
};

// All that a network with these maps offers, the simplest first: a head before joined layers, those before
// views, those before layers that are trained, fewer of them before more.
[[nodiscard]] std::vector<Strategy> strategies(std::span<const FeatureBlock> blocks);

// Also by the short names "earlier-cut" and "new-layers", which stand for the cut and the new layers that
// were best on other picture sets. bad-argument, with the names that there are, for another one.
[[nodiscard]] Result<Strategy> strategy_named(std::span<const FeatureBlock> blocks, std::string_view name);

// The maps whose features advice scores for how well they tell the classes apart, the last one first.
[[nodiscard]] FeatureSet scored_maps(std::span<const FeatureBlock> blocks);

// What a run of this strategy's head takes. Where mirrored pictures harm, they are not among its views.
[[nodiscard]] TrainOptions train_options(const Strategy& strategy, std::uint64_t seed, bool mirror_harms);

// The views that its layers are trained with.
[[nodiscard]] ViewUse tune_views(const Strategy& strategy, bool mirror_harms);

}  // namespace headstart
