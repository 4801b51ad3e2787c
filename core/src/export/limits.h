// What each format cannot hold: known before anything is written, so that nobody presses a button for
// nothing.
#pragma once

#include "export/exported_model.h"
#include "headstart/export.h"

namespace headstart {

// unsupported: "TensorFlow.js cannot hold a max_pool, which stem.pool needs". Writers are given nothing else.
[[nodiscard]] Status check_holds(ModelFormat format, const ExportedModel& model);

}  // namespace headstart
