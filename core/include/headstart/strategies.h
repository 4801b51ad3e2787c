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

#include "headstart/features.h"
#include "headstart/fine_tuner.h"
#include "headstart/trainer.h"

namespace headstart {

struct Strategy {
  std::string name;  // "head", "joined-layers-views", "last-3-blocks", …
  HeadKind head = HeadKind::kLogistic;
  FeatureSet features = {
      "last"};               // that the head reads, or that the head reads which fine-tuning has to beat
  bool views = false;        // the head learns from views
  bool second_look = false;  // and looks twice, where mirrored pictures do no harm
  std::optional<TrainedPart> part = std::nullopt;  // layers that are trained too, always with views
  std::size_t block_count = 1;                     // of kLastBlocks
  std::size_t cut_block = 0;                       // of kCut
  bool is_measured = false;                        // advice tries it
};

// All that a network with these maps offers, the simplest first: a head before joined layers, those before
// views, those before layers that are trained, fewer of them before more.
[[nodiscard]] std::vector<Strategy> strategies(std::span<const FeatureBlock> blocks);

// Also by the short names "earlier-cut" and "new-layers", which stand for the cut and the new layers that
// were best on other picture sets. None for a name that this network does not offer.
[[nodiscard]] std::optional<Strategy> strategy_named(std::span<const FeatureBlock> blocks,
                                                     std::string_view name);

// What a run of this strategy's head takes. Where mirrored pictures harm, they are not among its views.
[[nodiscard]] TrainOptions train_options(const Strategy& strategy, std::uint64_t seed, bool mirror_harms);

// What its fine-tuning takes, where it has a part to train.
[[nodiscard]] FineTuneOptions tune_options(const Strategy& strategy, std::uint64_t seed);

// The views that its layers are trained with.
[[nodiscard]] ViewUse tune_views(const Strategy& strategy, bool mirror_harms);

}  // namespace headstart
