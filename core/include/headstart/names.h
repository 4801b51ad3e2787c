// Enumerations by the words that people and programs outside see: in the page's JavaScript, on the command
// line.
#pragma once

#include <optional>
#include <span>
#include <string_view>

#include "headstart/advice.h"
#include "headstart/backbone.h"
#include "headstart/fine_tuner.h"
#include "headstart/picture_map.h"
#include "headstart/trainer.h"

namespace headstart {

template <typename T>
struct Named {
  T value;
  const char* name;
};

// All words of an enumeration; its argument only says which one.
std::span<const Named<HeadKind>> names_of(HeadKind);            // "logistic", "nearest-mean", …
std::span<const Named<ViewUse>> names_of(ViewUse);              // "none", "without-mirror", "all"
std::span<const Named<TrainedPart>> names_of(TrainedPart);      // "last-convolution", "last-blocks", …
std::span<const Named<FineTuneStage>> names_of(FineTuneStage);  // "collecting", "linear-probe", …
std::span<const Named<ReasonCode>> names_of(ReasonCode);        // "usual", "clearly-better", …
std::span<const Named<DataCase>> names_of(DataCase);            // "few-close", "few-far", …
std::span<const Named<AdviceKind>> names_of(AdviceKind);        // "too-few", "near-duplicates", …
std::span<const Named<MirrorVerdict>> names_of(MirrorVerdict);  // "helps", "harms", "unclear"
std::span<const Named<Precision>> names_of(Precision);          // "float32", "int8"
std::span<const Named<MapAxes>> names_of(MapAxes);              // "discriminants", "principal"

template <typename T>
[[nodiscard]] const char* name_of(T value) {
  for (const Named<T>& named : names_of(value)) {
    if (named.value == value) return named.name;
  }
  return "";
}

// None for a word that there is not.
template <typename T>
[[nodiscard]] std::optional<T> value_named(std::string_view name) {
  for (const Named<T>& named : names_of(T{})) {
    if (name == named.name) return named.value;
  }
  return std::nullopt;
}

}  // namespace headstart
