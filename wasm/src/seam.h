// How values cross between C++ and JavaScript: structs as plain objects (bindings.cpp registers them field by
// field), lists of numbers as typed arrays of their own, other lists as arrays, enumerations as words,
// failures as a code and a message.
#pragma once

#include <emscripten/bind.h>
#include <emscripten/val.h>

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <type_traits>
#include <utility>
#include <vector>

#include "headstart/headstart.h"

namespace headstart::wasm {

// `code` is empty on success, otherwise one of the ten words of status.h; `value` then says nothing.
template <typename T>
struct Outcome {
  std::string code;
  std::string message;
  T value;
};

struct Done {
  std::string code;
  std::string message;
};

// A view of the input's memory, as long as nothing else is called.
struct InputView : emscripten::val {
  InputView() = default;
  explicit InputView(const emscripten::val& view) : val(view) {}
};

template <typename T>
Outcome<T> failure(const Error& error) {
  return {error_code_name(error.code), error.message, {}};
}

template <typename T>
Outcome<T> outcome(Result<T> result) {
  if (!result) return failure<T>(result.error());
  return {{}, {}, std::move(result).value()};
}

inline Done outcome(const Status& status) {
  if (!status) return {error_code_name(status.error().code), status.error().message};
  return {};
}

template <typename T>
concept Word = std::is_enum_v<T> && requires(T value) { names_of(value); };
template <typename T>
concept Number = std::is_arithmetic_v<T> && !std::is_same_v<T, bool>;
template <typename T>
concept Identity = std::is_enum_v<T> && !Word<T> && sizeof(T) == sizeof(std::uint32_t);

// A copy that outlives the wasm memory's growth.
template <Number T>
emscripten::val copied_array(std::span<const T> values) {
  return emscripten::val(emscripten::typed_memory_view(values.size(), values.data()))
      .template call<emscripten::val>("slice");
}

}  // namespace headstart::wasm

namespace emscripten::internal {

// Whatever crosses as a JavaScript value of its own.
template <typename T>
struct ValueBinding {
  using WireType = EM_VAL;
  static WireType hand_over(val&& value) {
    return BindingType<val>::toWireType(std::move(value), rvp::default_tag{});
  }
};

template <headstart::wasm::Word T>
struct BindingType<T> : ValueBinding<T> {
  static EM_VAL toWireType(T value, rvp::default_tag) {
    return ValueBinding<T>::hand_over(val(std::string(headstart::name_of(value))));
  }
  static T fromWireType(EM_VAL wire) {
    return headstart::value_named<T>(val::take_ownership(wire).as<std::string>()).value_or(T{});
  }
};

template <headstart::wasm::Number T>
struct BindingType<std::span<const T>> : ValueBinding<T> {
  static EM_VAL toWireType(std::span<const T> values, rvp::default_tag) {
    return ValueBinding<T>::hand_over(headstart::wasm::copied_array(values));
  }
  // Spans only go out.
  static std::span<const T> fromWireType(EM_VAL wire) {
    val::take_ownership(wire);
    return {};
  }
};

template <headstart::wasm::Number T>
struct BindingType<std::vector<T>> : ValueBinding<T> {
  static EM_VAL toWireType(const std::vector<T>& values, rvp::default_tag) {
    return ValueBinding<T>::hand_over(headstart::wasm::copied_array(std::span<const T>(values)));
  }
  static std::vector<T> fromWireType(EM_VAL wire) {
    return convertJSArrayToNumberVector<T>(val::take_ownership(wire));
  }
};

template <headstart::wasm::Identity T>
struct BindingType<std::vector<T>> : ValueBinding<T> {
  static EM_VAL toWireType(const std::vector<T>& ids, rvp::default_tag) {
    std::vector<std::uint32_t> numbers(ids.size());
    for (std::size_t i = 0; i < ids.size(); ++i) numbers[i] = static_cast<std::uint32_t>(ids[i]);
    return BindingType<std::vector<std::uint32_t>>::toWireType(numbers, {});
  }
  static std::vector<T> fromWireType(EM_VAL wire) {
    const auto numbers = BindingType<std::vector<std::uint32_t>>::fromWireType(wire);
    std::vector<T> ids;
    for (const std::uint32_t number : numbers) ids.push_back(T{number});
    return ids;
  }
};

template <>
struct BindingType<std::vector<std::string>> : ValueBinding<std::string> {
  static EM_VAL toWireType(const std::vector<std::string>& texts, rvp::default_tag) {
    return hand_over(val::array(texts));
  }
  static std::vector<std::string> fromWireType(EM_VAL wire) {
    return vecFromJSArray<std::string>(val::take_ownership(wire));
  }
};

// Of registered structs; they only go out.
template <typename T>
  requires(std::is_class_v<T>)
struct BindingType<std::vector<T>> : ValueBinding<T> {
  static EM_VAL toWireType(const std::vector<T>& values, rvp::default_tag) {
    val list = val::array();
    for (std::size_t i = 0; i < values.size(); ++i) list.set(i, values[i]);
    return ValueBinding<T>::hand_over(std::move(list));
  }
  static std::vector<T> fromWireType(EM_VAL wire) {
    val::take_ownership(wire);
    return {};
  }
};

}  // namespace emscripten::internal
