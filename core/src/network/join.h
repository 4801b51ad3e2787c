// Several networks that look at the same picture, as one: two small ones that differ see more than one large
// one.
//
// They stay side by side, each a branch with maps of its own, and are not concatenated into one map: whoever
// reads them scales each map by itself, as it does with joined layers of one network, and a map of places
// stays one that a heat map can be made of.
#pragma once

#include <vector>

#include "headstart/status.h"
#include "network/network.h"

namespace headstart {

// Two to four networks of one input size, in this order: the order is part of what the whole is. The picture
// is normalised as for the first; a branch that wants it otherwise begins with a layer that makes it so.
// bad-argument where their sizes differ, one comes twice, or there are too many.
[[nodiscard]] Result<Network> join_networks(std::vector<Network> parts);

}  // namespace headstart
