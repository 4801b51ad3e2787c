// What becomes of answers where something else gives them: a file in 8-bit numbers, or a plainer head.
#pragma once

#include <cstddef>
#include <span>

namespace headstart {

// Counted over pictures that both were asked about.
struct AnswerChanges {
  std::size_t picture_count = 0;
  double mean_difference = 0;  // of a probability
  double largest_difference = 0;
  std::size_t lost_count = 0;   // answers that led by 0.2 and have changed
  std::size_t known_count = 0;  // pictures whose class is known; of them were right, and are right now:
  std::size_t right_before_count = 0;
  std::size_t right_after_count = 0;

  // One picture's probabilities [class_count]. `label_index`: the row that is right, or -1.
  void add(std::span<const float> before, std::span<const float> after, std::ptrdiff_t label_index);
};

}  // namespace headstart
