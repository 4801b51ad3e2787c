// A round of a fine-tuning with changes, or any bytes, taken up by a run: refused, or the run goes on to its
// end and hands out a head of finite numbers.
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <utility>
#include <vector>

#include "edits.h"
#include "headstart/fine_tuner.h"
#include "support/random_backbone.h"

using namespace headstart;
using fuzz::Bytes;
using fuzz::require;

namespace {

const std::vector<std::string> kLabels{"left", "right"};

std::vector<FineTuneView> views() {
  std::vector<FineTuneView> list;
  for (std::uint32_t picture = 0; picture < 8; ++picture) list.push_back({picture, picture % 2});
  return list;
}

FineTuner start(const ComputePool& pool) {
  static const Bytes backbone = test::make_random_backbone({.width_multiplier = "0.1", .input_size_px = 96});
  FineTuneOptions options;
  options.part = TrainedPart::kLastConvolution;
  options.epoch_count = 3;
  options.batch_size = 4;
  auto tuner = FineTuner::start(backbone, 96, views(), kLabels, options, nullptr, pool);
  require(tuner.ok());
  return std::move(tuner).value();
}

// To the end; the file after the first round that is finished here.
Bytes run(FineTuner& tuner) {
  Bytes round;
  for (;;) {
    const std::vector<std::uint32_t> wanted(tuner.wanted_views().begin(), tuner.wanted_views().end());
    for (const std::uint32_t view : wanted) {
      std::vector<float> map(tuner.border_size());
      for (std::size_t i = 0; i < map.size(); ++i) map[i] = (i + view) % (2 + view % 2) == 0 ? 0.7F : -0.4F;
      require(tuner.supply_map(view, map).ok());
    }
    const auto progress = tuner.step();
    require(progress.ok());
    if (progress.value().done) return round;
    auto file = tuner.round_file({ViewUse::kNone, {1, 2, 3}, {0, 1, 0}, {7, 8, 9}});
    if (round.empty() && file.ok()) round = std::move(file).value();
  }
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  static const ComputePool pool = [] {
    auto made = ComputePool::create(1);
    require(made.ok());
    return std::move(made).value();
  }();
  static const std::vector<Bytes> files = [] {
    FineTuner tuner = start(pool);
    return std::vector<Bytes>{run(tuner)};
  }();
  const Bytes bytes = fuzz::edited(files, {data, size});
  const auto origin = read_round_origin(bytes);
  FineTuner tuner = start(pool);
  const Status taken = tuner.take_up(bytes);
  if (!taken) {
    const ErrorCode code = taken.error().code;
    require(code == ErrorCode::kBadFile || code == ErrorCode::kBadVersion);
    return 0;
  }
  require(origin.ok() && origin.value().sample_ids.size() == origin.value().checks.size());
  (void)run(tuner);
  for (const float weight : tuner.result().head.weights) require(std::isfinite(weight));
  return 0;
}
