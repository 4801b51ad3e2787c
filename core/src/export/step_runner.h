// Runs an exported model in plain loops, one step after the other, with every step's numbers in sight: what a
// format with coarser numbers is fitted to, and what it is measured with.
#pragma once

#include <cstddef>
#include <functional>
#include <span>
#include <vector>

#include "export/exported_model.h"

namespace headstart {

class StepRunner {
 public:
  // Called with a step's position and its numbers, which it may change before later steps read them.
  using AfterStep = std::function<void(std::size_t step, std::span<float> values)>;

  // `steps` must outlive the runner.
  explicit StepRunner(std::span<const Step> steps);

  // `picture` [side, side, 3], bytes 0…255. Returns the probabilities [class_count], valid until the next
  // run.
  std::span<const float> run(std::span<const std::uint8_t> picture, const AfterStep& after = {});

  // A step's numbers in the last run, row-major [height, width, channels].
  [[nodiscard]] std::span<const float> values_of(std::size_t step) const { return values_[step]; }

  // The mean over all places of what each of a convolution's weights met in the last run: [kernel height,
  // kernel width, in] or, depthwise, [kernel height, kernel width, channels].
  [[nodiscard]] std::vector<float> mean_patch(std::size_t step) const;

 private:
  void compute(const Step& step, std::span<float> out) const;
  void convolve(const Step& step, std::span<float> out) const;
  void convolve_depthwise(const Step& step, std::span<float> out) const;
  void pool_window(const Step& step, std::span<float> out) const;
  void concatenate(const Step& step, std::span<float> out) const;
  [[nodiscard]] std::span<const float> input(const Step& step, std::size_t index = 0) const {
    return values_[step.inputs[index]];
  }

  std::span<const Step> steps_;
  std::vector<std::vector<float>> values_;
};

}  // namespace headstart
