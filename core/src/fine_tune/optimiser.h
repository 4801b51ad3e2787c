// One step of AdamW or SGD with momentum, and the learning rate's course.
#pragma once

#include <pthreadpool.h>

#include <cstddef>
#include <span>
#include <vector>

#include "fine_tune/parameter.h"
#include "headstart/fine_tuner.h"

namespace headstart {

// The factor on the learning rate at `step` of `step_count`: a straight line up from 0 over the warm-up
// (Goyal et al. 2017), then half a cosine down to 0 (Loshchilov & Hutter 2017).
double learning_rate_factor(std::size_t step, std::size_t step_count, double warm_up_fraction);

// Steps all parameters by their gradients. A step's length is relative: learning_rate times the root mean
// square of the tensor's first weights (Shazeer & Stern 2018, section 8), less by depth_decay for every group
// of layers that lies between the tensor and the answer.
class Stepper {
 public:
  Stepper(const FineTuneOptions& options, std::span<const Parameter> parameters);

  // `factor`: from learning_rate_factor.
  void step(std::span<Parameter> parameters, double factor, pthreadpool* pool);

  // As if so many steps had been taken: what their gradients left behind lies in the parameters.
  void skip(std::size_t step_count);

 private:
  FineTuneOptions options_;
  std::vector<double> scales_;  // per parameter
  double first_power_ = 1;
  double second_power_ = 1;
};

}  // namespace headstart
