// What may be asked of a backbone.
#pragma once

#include "headstart/backbone.h"
#include "headstart/status.h"

namespace headstart {

// bad-argument says what there is and what was asked for.
Status check_options(const BackboneOptions& options, const BackboneInfo& info);

}  // namespace headstart
