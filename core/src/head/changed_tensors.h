// The tensors of the network that a head brings along: which there can be, and whether they fit.
#pragma once

#include <string_view>

#include "headstart/head.h"
#include "headstart/status.h"

namespace headstart {

// Of the convolution that a cut network ends with: [channels, 1, 1, input channels] and [channels].
inline constexpr std::string_view kCutWeight = "cut.weight";
inline constexpr std::string_view kCutBias = "cut.bias";
inline constexpr std::string_view kCutMap = "cut";  // its pooled output, as a feature

// How many dimensions a tensor of this name has in any network or on a cut; 0 where there is no such tensor.
[[nodiscard]] std::size_t dimension_count_of(std::string_view tensor_name);

// Whether the head's features, border and tensors hold together, whatever the backbone: bad-file otherwise.
Status check_parts(const Head& head);

// Whether they are those of this backbone, in names and shapes: bad-file otherwise.
Status check_parts_fit(const Head& head, const BackboneInfo& backbone);

}  // namespace headstart
