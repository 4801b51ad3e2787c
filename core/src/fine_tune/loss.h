// Class-balanced softmax cross-entropy, and its gradient.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>

namespace headstart {

// The sum over pictures of -weight ln softmax(logits)[class], natural logarithm; `grad_logits` gets its
// derivative times `grad_scale`, weight (softmax(logits) - one_hot(class)) grad_scale, unless it is empty.
// With class weights N / (class_count n_class), every class counts the same however many pictures it has.
double cross_entropy(std::span<const float> logits,                 // [picture_count, class_count]
                     std::span<const std::uint32_t> class_indices,  // [picture_count]
                     std::span<const float> class_weights,          // [class_count]
                     float grad_scale,
                     std::span<float> grad_logits);  // [picture_count, class_count], or empty

}  // namespace headstart
