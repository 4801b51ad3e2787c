// How much memory the trained part needs.
#pragma once

#include <cstddef>

#include "fine_tune/convolution.h"
#include "fine_tune/plan.h"

namespace headstart {

// What one picture needs of each buffer, in floats.
struct PerPicture {
  std::size_t maps = 0;
  std::size_t largest_map = 0;
  std::size_t grad_count = 0;  // of maps, at a time
  std::size_t packed = 0;      // the right-hand factor of a product, as XNNPACK lays it out for its kernels
  WorkspaceSize workspace;

  [[nodiscard]] std::size_t total() const {
    return maps + grad_count * largest_map + workspace.left + workspace.right + workspace.columns;
  }
};

[[nodiscard]] PerPicture measure_picture(const FineTunePlan& plan);

// Of as many pictures at once.
[[nodiscard]] WorkspaceSize workspace_size_of(const FineTunePlan& plan, std::size_t piece_size);

}  // namespace headstart
