// Headstart's core, to be read in this order: a frame comes in through image, backbone embeds it, features
// picks out what a head reads, sample_store keeps the rows of features, head turns features into
// probabilities and leaves as a file, trainer fits a head to what is kept, fine_tuner trains the last part of
// the backbone too, head_reader gives a head what it reads whatever was trained, views makes changed copies
// of a picture to learn from, known tells whether a picture shows any of the classes, advice says which way
// of training suits the pictures, strategies names those ways, and session puts all of it together.
#pragma once

// clang-format off: in reading order
#include "headstart/advice.h"          // IWYU pragma: export
#include "headstart/answer_changes.h"  // IWYU pragma: export
#include "headstart/attention.h"       // IWYU pragma: export
#include "headstart/backbone.h"        // IWYU pragma: export
#include "headstart/buffer.h"          // IWYU pragma: export
#include "headstart/channels.h"        // IWYU pragma: export
#include "headstart/compute.h"         // IWYU pragma: export
#include "headstart/export.h"
#include "headstart/features.h"        // IWYU pragma: export
#include "headstart/fine_tuner.h"      // IWYU pragma: export
#include "headstart/head.h"            // IWYU pragma: export
#include "headstart/head_reader.h"     // IWYU pragma: export
#include "headstart/image.h"           // IWYU pragma: export
#include "headstart/known.h"           // IWYU pragma: export
#include "headstart/metrics.h"         // IWYU pragma: export
#include "headstart/names.h"           // IWYU pragma: export
#include "headstart/network.h"         // IWYU pragma: export
#include "headstart/network_layers.h"  // IWYU pragma: export
#include "headstart/picture_map.h"     // IWYU pragma: export
#include "headstart/sample_store.h"    // IWYU pragma: export
#include "headstart/session.h"         // IWYU pragma: export
#include "headstart/status.h"          // IWYU pragma: export
#include "headstart/strategies.h"      // IWYU pragma: export
#include "headstart/trainer.h"         // IWYU pragma: export
#include "headstart/views.h"           // IWYU pragma: export
// clang-format on
