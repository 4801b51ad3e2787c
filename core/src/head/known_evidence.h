// The evidence of a judge of "none of these", in a head file.
#pragma once

#include <cstddef>
#include <string_view>

#include "files/safetensors.h"
#include "headstart/head.h"
#include "headstart/status.h"

namespace headstart {

[[nodiscard]] bool is_of_known_evidence(std::string_view tensor_name);

// bad-file where its parts do not hold together, or not with the head that they came with.
Status check_known_evidence(const KnownEvidence& evidence, const Head& head);

// bad-file where the backbone lacks its maps, or they have other sizes.
Status check_known_evidence_fits(const KnownEvidence& evidence, const BackboneInfo& backbone);

void write_known_evidence(const KnownEvidence& evidence, SafetensorsWriter& writer);

// Into head.known, or nothing where the file has none. bad-file.
Status read_known_evidence(const SafetensorsView& file, Head& head);

}  // namespace headstart
