// The safetensors container, read and written (https://huggingface.co/docs/safetensors, "Format"): an 8-byte
// little-endian header length, a JSON header naming each tensor's dtype, shape and byte range, then the
// bytes.
#pragma once

#include <cstddef>
#include <cstdint>
#include <map>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "headstart/status.h"

namespace headstart {

// The element types of the specification.
enum class DType : std::uint8_t {
  kBool,
  kU8,
  kI8,
  kF8E5M2,
  kF8E4M3,
  kI16,
  kU16,
  kF16,
  kBF16,
  kI32,
  kU32,
  kF32,
  kF64,
  kI64,
  kU64,
};

// "F32", "I8", … and the size of one element.
[[nodiscard]] const char* dtype_name(DType dtype);
[[nodiscard]] std::size_t dtype_size_bytes(DType dtype);

// "[16, 3, 3, 3]", for messages.
[[nodiscard]] std::string shape_text(std::span<const std::size_t> shape);

// A name out of an untrusted file, quoted, without control characters and cut to a length that fits a
// message.
[[nodiscard]] std::string quoted(std::string_view untrusted);

// One tensor. Its bytes lie in the file that was parsed, little-endian, at any alignment.
struct TensorView {
  std::string name;
  DType dtype = DType::kF32;
  std::vector<std::size_t> shape;  // row-major; empty for a single number
  std::span<const std::uint8_t> bytes;

  [[nodiscard]] std::size_t element_count() const { return bytes.size() / dtype_size_bytes(dtype); }
};

// What the reader takes: more than any file of ours needs, little enough that a hostile header costs no more
// than itself.
inline constexpr std::size_t kMostHeaderBytes = 16u << 20u;
inline constexpr std::size_t kMostDimensions = 8;

// A parsed file: what `__metadata__` says and where the tensors are. Everything was checked while parsing, as
// the specification has it: lengths, ranges without holes or overlap that cover the file to its last byte,
// known dtypes, shapes that fit the ranges, no name twice, metadata of strings only.
class SafetensorsView {
 public:
  // `file` must outlive the view and its tensors. Fails with bad-file only.
  static Result<SafetensorsView> parse(std::span<const std::uint8_t> file);

  // In the order of their bytes. Valid as long as the view.
  [[nodiscard]] std::span<const TensorView> tensors() const { return tensors_; }

  // By name; null when there is none. Valid as long as the view.
  [[nodiscard]] const TensorView* find(std::string_view name) const;

  [[nodiscard]] const std::map<std::string, std::string, std::less<>>& metadata() const { return metadata_; }

  // One metadata value; null when there is none. Valid as long as the view.
  [[nodiscard]] const std::string* metadata(std::string_view key) const;

 private:
  std::map<std::string, std::string, std::less<>> metadata_;
  std::vector<TensorView> tensors_;
  std::vector<std::size_t> by_name_;  // positions in tensors_, sorted by name
};

// An F32 or F16 tensor's numbers as floats. `out` has tensor.element_count() places, else bad-argument. Any
// other dtype, a NaN or an infinity is bad-file: no network or head of ours has a use for them.
Status read_floats(const TensorView& tensor, std::span<float> out);

// Builds a safetensors file. The same calls in the same order give the same bytes: metadata is sorted by key,
// tensors keep the order in which they were added, the header is padded with spaces to 8 bytes as the
// reference writer does.
class SafetensorsWriter {
 public:
  void set_metadata(std::string key, std::string value);

  // `values` must fill `shape` exactly and names must differ: the caller's bug otherwise (asserted). The
  // numbers are copied.
  void add_f32(std::string name, std::vector<std::size_t> shape, std::span<const float> values);
  void add_f16(std::string name, std::vector<std::size_t> shape,
               std::span<const float> values);  // rounds to nearest even
  void add_bytes(std::string name, DType dtype, std::vector<std::size_t> shape,
                 std::span<const std::uint8_t> bytes);

  [[nodiscard]] std::vector<std::uint8_t> finish() const;

 private:
  struct Entry {
    std::string name;
    DType dtype;
    std::vector<std::size_t> shape;
    std::size_t begin;
    std::size_t end;
  };

  std::map<std::string, std::string, std::less<>> metadata_;
  std::vector<Entry> entries_;
  std::vector<std::uint8_t> data_;
};

}  // namespace headstart
