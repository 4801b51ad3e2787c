// Fields of core's structs that JavaScript has no type for, as ones that it has: seeds are whole numbers
// below 2^53, identities numbers, two looks or one a flag.
#pragma once

#include <cstdint>

#include "headstart/headstart.h"

namespace headstart::wasm {

template <typename T>
double seed_of(const T& of) {
  return static_cast<double>(of.seed);
}
template <typename T>
void set_seed(T& of, double seed) {
  of.seed = static_cast<std::uint64_t>(seed);
}
template <typename T>
bool looks_twice(const T& of) {
  return of.second_look != SecondLook::kNo;
}
template <typename T>
void set_looks_twice(T& of, bool twice) {
  of.second_look = twice ? SecondLook::kMirrored : SecondLook::kNo;
}
template <typename T>
std::uint32_t class_of(const T& of) {
  return static_cast<std::uint32_t>(of.class_id);
}
template <typename T>
void set_class(T& of, std::uint32_t id) {
  of.class_id = ClassId{id};
}
template <typename T>
std::uint32_t id_of(const T& of) {
  return static_cast<std::uint32_t>(of.id);
}
template <typename T>
void set_id(T& of, std::uint32_t id) {
  of.id = decltype(of.id){id};
}

}  // namespace headstart::wasm
