// Several logistic fits over the same samples, descending together: one matrix product serves them all.
#pragma once

#include <cstddef>
#include <cstdint>
#include <vector>

#include "training/logistic/logistic_design.h"
#include "training/logistic/logistic_fit.h"

namespace headstart {

struct DescentOptions {
  double tolerance = 1e-4;        // stop when a full step promises less decrease of the loss than this
  std::size_t most_rounds = 100;  // per fit
};

class JointDescent {
 public:
  // Both must outlive the descent.
  explicit JointDescent(LogisticDesign& design) : design_(design) {}

  void start(std::vector<LogisticFit*> fits, const DescentOptions& options);

  // One slice: at most a part of one product. True when every fit has converged.
  Result<bool> step();

 private:
  enum class Stage : std::uint8_t {
    kGradients,
    kMultiplyGradients,
    kPlan,
    kMultiplyDirections,
    kWalk,
    kDone
  };

  Status begin_gradients();
  Status begin_directions();
  void take_gradients();
  void take_direction_logits();
  void plan();
  void walk();

  LogisticDesign& design_;
  DescentOptions options_;
  std::vector<LogisticFit*> active_;
  std::vector<LogisticFit*> multiplied_;  // those in the product under way
  std::vector<LogisticFit*> falling_;     // those that have walked and may go on
  std::size_t walked_count_ = 0;          // of active_
  Stage stage_ = Stage::kDone;
  std::size_t rounds_here_ = 0;
};

}  // namespace headstart
