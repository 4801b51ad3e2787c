// What can go wrong, and how it is told: every call that can fail returns a Result.
#pragma once

#include <cstdint>
#include <string>
#include <utility>
#include <variant>

namespace headstart {

// The failures that a person can meet. The same ten words, in kebab case, are the `code` of the JavaScript
// error.
enum class ErrorCode : std::uint8_t {
  kBadArgument,    // a value that the caller chose is outside what the call takes
  kBadFile,        // bytes that are not what they claim to be, or belong to something else
  kBadVersion,     // a well-formed file of a format version that this program does not know
  kTooFewSamples,  // the pictures recorded so far do not allow it yet
  kNotTrained,     // a head is needed first
  kCancelled,      // the caller asked for the work to stop
  kUnavailable,    // something outside this program is missing (network, camera)
  kUnsupported,    // the platform or the picture format cannot do it
  kOutOfMemory,
  kInternal,  // our own mistake
};

// The word for a code as programs outside see it: "bad-argument", "too-few-samples", …
const char* error_code_name(ErrorCode code);

// A failure: its kind, and a sentence in the user's words that says what was expected and what came.
struct Error {
  ErrorCode code = ErrorCode::kInternal;
  std::string message;
};

// One maker for each kind.
inline Error bad_argument(std::string message) {
  return {ErrorCode::kBadArgument, std::move(message)};
}
inline Error bad_file(std::string message) {
  return {ErrorCode::kBadFile, std::move(message)};
}
inline Error bad_version(std::string message) {
  return {ErrorCode::kBadVersion, std::move(message)};
}
inline Error too_few_samples(std::string message) {
  return {ErrorCode::kTooFewSamples, std::move(message)};
}
inline Error not_trained(std::string message) {
  return {ErrorCode::kNotTrained, std::move(message)};
}
inline Error cancelled(std::string message) {
  return {ErrorCode::kCancelled, std::move(message)};
}
inline Error unavailable(std::string message) {
  return {ErrorCode::kUnavailable, std::move(message)};
}
inline Error unsupported(std::string message) {
  return {ErrorCode::kUnsupported, std::move(message)};
}
inline Error out_of_memory(std::string message) {
  return {ErrorCode::kOutOfMemory, std::move(message)};
}
inline Error internal_error(std::string message) {
  return {ErrorCode::kInternal, std::move(message)};
}

// Either a value or the reason why there is none. Read value() only after testing it.
template <typename T>
class [[nodiscard]] Result {
 public:
  Result(T value) : state_(std::in_place_index<0>, std::move(value)) {}      // NOLINT: implicit by design
  Result(Error error) : state_(std::in_place_index<1>, std::move(error)) {}  // NOLINT

  [[nodiscard]] bool ok() const { return state_.index() == 0; }
  explicit operator bool() const { return ok(); }

  T& value() & { return *std::get_if<0>(&state_); }
  const T& value() const& { return *std::get_if<0>(&state_); }
  T&& value() && { return std::move(*std::get_if<0>(&state_)); }
  const Error& error() const { return *std::get_if<1>(&state_); }

 private:
  std::variant<T, Error> state_;
};

// Success without a value, or the reason of the failure.
template <>
class [[nodiscard]] Result<void> {
 public:
  Result() = default;
  Result(Error error) : error_(std::move(error)), ok_(false) {}  // NOLINT: implicit by design

  [[nodiscard]] bool ok() const { return ok_; }
  explicit operator bool() const { return ok(); }
  const Error& error() const { return error_; }

 private:
  Error error_;
  bool ok_ = true;
};

using Status = Result<void>;

}  // namespace headstart
