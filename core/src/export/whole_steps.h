// A model in steps that whole numbers can compute: what the maps go through, in operators that every 8-bit
// interpreter has.
#pragma once

#include <span>
#include <vector>

#include "export/exported_model.h"

namespace headstart {

// Takes the steps of the maps apart, without changing a number: an activation that no 8-bit operator has
// inside stands behind its step, "swish" is a gate and a product, scaling and what is left are depthwise
// convolutions of a single place.
void take_apart_for_whole_numbers(ExportedModel& model);

// The picture, mirrored or scaled: in the numbers of the model's ends.
[[nodiscard]] bool is_of_picture(std::span<const Step> steps, const Step& step);

// Whether a step is computed in whole numbers: what comes behind the maps is not, their squares neither, of
// which little would be left.
[[nodiscard]] bool is_whole_step(const ExportedModel& model, const Step& step);

[[nodiscard]] bool is_convolution(const Step& step);

// Whether a hard sigmoid is part of the step: relu6(x + 3) / 6 is a sixth of the weights and half a unit
// more, held between 0 and 1 by the result's numbers, which go no further.
[[nodiscard]] bool has_gate_inside(const Step& step);

// Of each step: whether it belongs to a network with curved activations, gates among them. Networks that are
// joined are told apart.
[[nodiscard]] std::vector<bool> curved_parts(const ExportedModel& model);

}  // namespace headstart
