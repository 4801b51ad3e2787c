// Which samples are held out when.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

#include "base/random.h"

namespace headstart {

inline constexpr std::uint32_t kNeverHeldOut = 0xFFFFFFFFu;

struct Folds {
  std::size_t fold_count = 0;              // 0 when nothing can be held out
  std::vector<std::uint32_t> fold_of_row;  // [sample_count]: the fold that holds it out, or kNeverHeldOut
};

// Puts samples that were taken one after the other (indices, in that order) into a circle and lets it begin
// at one drawn at random: a run of the result is a run of neighbours.
void start_anywhere(std::span<std::uint32_t> neighbours, Random& random);

// Stratified k-fold cross-validation (Kohavi 1995) in blocks (Roberts et al. 2017, "Cross-validation
// strategies for data with temporal, spatial, hierarchical, or phylogenetic structure"): a fold holds a run
// of neighbours of each class out, in the order in which they are given. Recorded pictures resemble those
// before and after them; dealt at random, nearly every held-out picture had a twin among those learnt from,
// and what was measured was how well twins are told. Pictures that come in no order lose nothing by it. The
// seed draws where each class's circle begins. Folds and classes are even; a class with one sample is never
// held out: nothing would be left to learn it from. Folds that stay empty are left out, so with very few
// samples this is leave-one-out.
[[nodiscard]] Folds stratified_folds(std::span<const std::uint32_t> class_indices, std::size_t class_count,
                                     std::size_t fold_count, std::uint64_t seed);

}  // namespace headstart
