// Which samples are held out when.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

namespace headstart {

inline constexpr std::uint32_t kNeverHeldOut = 0xFFFFFFFFu;

struct Folds {
  std::size_t fold_count = 0;              // 0 when nothing can be held out
  std::vector<std::uint32_t> fold_of_row;  // [sample_count]: the fold that holds it out, or kNeverHeldOut
};

// Stratified k-fold cross-validation (Kohavi 1995): the samples of each class are shuffled and dealt to the
// folds in turn, the next class where the last one stopped, so that classes and folds are both even. A class
// with one sample is never held out: nothing would be left to learn it from. Folds that stay empty are left
// out, so with very few samples this is leave-one-out.
[[nodiscard]] Folds stratified_folds(std::span<const std::uint32_t> class_indices, std::size_t class_count,
                                     std::size_t fold_count, std::uint64_t seed);

}  // namespace headstart
