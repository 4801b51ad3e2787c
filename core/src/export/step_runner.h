// Runs an exported model one step after the other, with every step's numbers in sight: what a format with
// coarser numbers is fitted to, and what it is measured with.
#pragma once

#include <cstddef>
#include <functional>
#include <optional>
#include <span>
#include <vector>

#include "backbone/graph_builder.h"
#include "export/exported_model.h"

namespace headstart {

class StepRunner {
 public:
  // Called with a step's position and its numbers, which it may change before later steps read them.
  using AfterStep = std::function<void(std::size_t step, std::span<float> values)>;

  // `steps` and `pool` must outlive the runner. What fails here is the first run's error.
  StepRunner(std::span<const Step> steps, const ComputePool& pool);

  // `picture` [side, side, 3], bytes 0…255. Returns the probabilities [class_count], valid until the next
  // run. Fails with out-of-memory.
  Result<std::span<const float>> run(std::span<const std::uint8_t> picture, const AfterStep& after = {});

  // A step's numbers in the last run, row-major [height, width, channels].
  [[nodiscard]] std::span<const float> values_of(std::size_t step) const { return values_[step].span(); }

  // The mean over all places of what each of a convolution's weights met in the last run: [kernel height,
  // kernel width, in] or, depthwise, [kernel height, kernel width, channels].
  [[nodiscard]] std::vector<float> mean_patch(std::size_t step) const;

 private:
  Status prepare(std::size_t index, const ComputePool& pool);
  void compute(const Step& step, std::span<float> out) const;
  void concatenate(const Step& step, std::span<float> out) const;
  [[nodiscard]] std::span<const float> input(const Step& step) const {
    return values_of(step.inputs.front());
  }

  std::span<const Step> steps_;
  Status status_;
  std::vector<PaddedBuffer<float>> values_;
  std::vector<std::optional<GraphRuntime>> graphs_;  // of each step that is a layer, by itself
};

}  // namespace headstart
