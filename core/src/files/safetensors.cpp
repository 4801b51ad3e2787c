#include "files/safetensors.h"

#include <algorithm>
#include <array>
#include <bit>
#include <cmath>
#include <cstring>
#include <limits>
#include <numeric>
#include <optional>
#include <tuple>
#include <utility>

#include "files/float16.h"
#include "files/json.h"

namespace headstart {
namespace {

static_assert(std::endian::native == std::endian::little, "tensor bytes are copied as they are");

constexpr std::size_t kLengthBytes = 8;
constexpr std::string_view kMetadataKey = "__metadata__";

struct DTypeFacts {
  DType dtype;
  const char* name;
  std::size_t size_bytes;
};

constexpr std::array<DTypeFacts, 15> kDTypes = {{
    {DType::kBool, "BOOL", 1},
    {DType::kU8, "U8", 1},
    {DType::kI8, "I8", 1},
    {DType::kF8E5M2, "F8_E5M2", 1},
    {DType::kF8E4M3, "F8_E4M3", 1},
    {DType::kI16, "I16", 2},
    {DType::kU16, "U16", 2},
    {DType::kF16, "F16", 2},
    {DType::kBF16, "BF16", 2},
    {DType::kI32, "I32", 4},
    {DType::kU32, "U32", 4},
    {DType::kF32, "F32", 4},
    {DType::kF64, "F64", 8},
    {DType::kI64, "I64", 8},
    {DType::kU64, "U64", 8},
}};

const DTypeFacts& facts_of(DType dtype) {
  return kDTypes[static_cast<std::size_t>(dtype)];
}

Error broken(std::string message) {
  return bad_file("safetensors: " + std::move(message));
}

// What the header says of one tensor, before its bytes are looked up.
struct HeaderEntry {
  std::string name;
  std::optional<DType> dtype;
  std::optional<std::vector<std::size_t>> shape;
  std::optional<std::array<std::uint64_t, 2>> range;
};

// Reads the JSON header. Errors name the tensor, or the position in the header where the text stops making
// sense.
class HeaderParser {
 public:
  explicit HeaderParser(std::string_view text) : json_(text) {}

  Status parse();

  std::map<std::string, std::string, std::less<>> metadata;
  std::vector<HeaderEntry> entries;

 private:
  Status parse_member();
  Status parse_metadata();
  Status parse_tensor(std::string name);
  Status parse_field(HeaderEntry& entry);
  Status parse_dtype(HeaderEntry& entry);
  Status parse_shape(HeaderEntry& entry);
  Status parse_range(HeaderEntry& entry);

  [[nodiscard]] Error expected(const char* what) const {
    return broken("expected " + std::string(what) + " at byte " + std::to_string(json_.offset()) +
                  " of the header");
  }

  JsonReader json_;
  bool has_metadata_ = false;
};

Status HeaderParser::parse() {
  if (!json_.take('{')) return expected("{");
  if (!json_.take('}')) {
    do {
      if (Status member = parse_member(); !member) return member;
    } while (json_.take(','));
    if (!json_.take('}')) return expected("} or ,");
  }
  if (!json_.at_end()) return expected("nothing more");
  return {};
}

Status HeaderParser::parse_member() {
  std::optional<std::string> name = json_.string();
  if (!name || !json_.take(':')) return expected("a name and :");
  if (!json_.take('{')) return expected("{");
  return *name == kMetadataKey ? parse_metadata() : parse_tensor(std::move(*name));
}

Status HeaderParser::parse_metadata() {
  if (has_metadata_) return broken("__metadata__ is there twice");
  has_metadata_ = true;
  if (json_.take('}')) return {};
  do {
    std::optional<std::string> key = json_.string();
    if (!key || !json_.take(':')) return expected("a key of __metadata__ and :");
    std::optional<std::string> value = json_.string();
    if (!value) return expected("a text (all values of __metadata__ are texts)");
    const std::string key_text = quoted(*key);
    if (!metadata.emplace(std::move(*key), std::move(*value)).second) {
      return broken("__metadata__ has the key " + key_text + " twice");
    }
  } while (json_.take(','));
  return json_.take('}') ? Status() : expected("} or ,");
}

Status HeaderParser::parse_tensor(std::string name) {
  HeaderEntry entry;
  entry.name = std::move(name);
  do {
    if (Status field = parse_field(entry); !field) return field;
  } while (json_.take(','));
  if (!json_.take('}')) return expected("} or ,");
  if (!entry.dtype || !entry.shape || !entry.range) {
    return broken("tensor " + quoted(entry.name) + " lacks dtype, shape or data_offsets");
  }
  entries.push_back(std::move(entry));
  return {};
}

Status HeaderParser::parse_field(HeaderEntry& entry) {
  const std::optional<std::string> key = json_.string();
  if (!key || !json_.take(':')) return expected("dtype, shape or data_offsets, and :");
  if (*key == "dtype" && !entry.dtype) return parse_dtype(entry);
  if (*key == "shape" && !entry.shape) return parse_shape(entry);
  if (*key == "data_offsets" && !entry.range) return parse_range(entry);
  return broken("tensor " + quoted(entry.name) + ": expected dtype, shape and data_offsets once each, got " +
                quoted(*key));
}

Status HeaderParser::parse_dtype(HeaderEntry& entry) {
  const std::optional<std::string> name = json_.string();
  if (!name) return expected("the name of a dtype");
  for (const DTypeFacts& facts : kDTypes) {
    if (*name == facts.name) entry.dtype = facts.dtype;
  }
  if (!entry.dtype) return broken("tensor " + quoted(entry.name) + " has the unknown dtype " + quoted(*name));
  return {};
}

Status HeaderParser::parse_shape(HeaderEntry& entry) {
  if (!json_.take('[')) return expected("[");
  std::vector<std::size_t> shape;
  if (!json_.take(']')) {
    do {
      const std::optional<std::uint64_t> dimension = json_.whole_number();
      if (!dimension || *dimension > std::numeric_limits<std::size_t>::max()) return expected("a dimension");
      if (shape.size() == kMostDimensions) {
        return broken("tensor " + quoted(entry.name) + " has more than " + std::to_string(kMostDimensions) +
                      " dimensions");
      }
      shape.push_back(static_cast<std::size_t>(*dimension));
    } while (json_.take(','));
    if (!json_.take(']')) return expected("] or ,");
  }
  entry.shape = std::move(shape);
  return {};
}

Status HeaderParser::parse_range(HeaderEntry& entry) {
  if (!json_.take('[')) return expected("[");
  const std::optional<std::uint64_t> begin = json_.whole_number();
  if (!begin || !json_.take(',')) return expected("the first offset and ,");
  const std::optional<std::uint64_t> end = json_.whole_number();
  if (!end || !json_.take(']')) return expected("the second offset and ]");
  entry.range = {*begin, *end};
  return {};
}

// The number of bytes that a shape takes, or nothing when it does not fit a size_t.
std::optional<std::size_t> byte_count(std::span<const std::size_t> shape, DType dtype) {
  std::size_t bytes = dtype_size_bytes(dtype);
  for (const std::size_t dimension : shape) {
    if (dimension != 0 && bytes > std::numeric_limits<std::size_t>::max() / dimension) return std::nullopt;
    bytes *= dimension;
  }
  return bytes;
}

// Takes the tensors of the header in the order of their bytes, which must follow one another without hole or
// overlap and fill `data` ("the byte buffer needs to be entirely indexed, and cannot contain holes").
Result<std::vector<TensorView>> place_tensors(std::vector<HeaderEntry> entries,
                                              std::span<const std::uint8_t> data) {
  std::ranges::sort(entries, [](const HeaderEntry& a, const HeaderEntry& b) {
    return std::tie(*a.range, a.name) < std::tie(*b.range, b.name);
  });
  std::vector<TensorView> tensors;
  tensors.reserve(entries.size());
  std::size_t position = 0;
  for (HeaderEntry& entry : entries) {
    const auto [begin, end] = *entry.range;
    if (begin > end || end > data.size()) {
      return broken("tensor " + quoted(entry.name) + " claims bytes " + std::to_string(begin) + " to " +
                    std::to_string(end) + " of " + std::to_string(data.size()));
    }
    if (begin != position) {
      return broken("tensor " + quoted(entry.name) + " should begin at byte " + std::to_string(position) +
                    ", where the one before it ends, but begins at " + std::to_string(begin));
    }
    const std::optional<std::size_t> bytes = byte_count(*entry.shape, *entry.dtype);
    if (!bytes || *bytes != end - begin) {
      return broken("tensor " + quoted(entry.name) + " of shape " + shape_text(*entry.shape) + " and dtype " +
                    dtype_name(*entry.dtype) + " does not fit its " + std::to_string(end - begin) + " bytes");
    }
    position = static_cast<std::size_t>(end);
    tensors.push_back({std::move(entry.name), *entry.dtype, std::move(*entry.shape),
                       data.subspan(static_cast<std::size_t>(begin), *bytes)});
  }
  if (position != data.size()) {
    return broken("the tensors end at byte " + std::to_string(position) + " of " +
                  std::to_string(data.size()) + " bytes of data");
  }
  return tensors;
}

}  // namespace

const char* dtype_name(DType dtype) {
  return facts_of(dtype).name;
}
std::size_t dtype_size_bytes(DType dtype) {
  return facts_of(dtype).size_bytes;
}

std::string shape_text(std::span<const std::size_t> shape) {
  std::string text = "[";
  for (const std::size_t dimension : shape) {
    if (text.size() > 1) text += ", ";
    text += std::to_string(dimension);
  }
  return text + "]";
}

std::string quoted(std::string_view untrusted) {
  constexpr std::size_t kMostShown = 60;
  std::string text = "\"";
  for (const char character : untrusted.substr(0, kMostShown)) {
    const auto byte = static_cast<unsigned char>(character);
    text += byte < 0x20 || byte > 0x7E ? '?' : character;
  }
  return text + (untrusted.size() > kMostShown ? "…\"" : "\"");
}

Result<SafetensorsView> SafetensorsView::parse(std::span<const std::uint8_t> file) {
  if (file.size() < kLengthBytes) {
    return broken("expected at least " + std::to_string(kLengthBytes) + " bytes, got " +
                  std::to_string(file.size()));
  }
  std::uint64_t header_bytes = 0;
  std::memcpy(&header_bytes, file.data(), kLengthBytes);
  if (header_bytes > kMostHeaderBytes || header_bytes > file.size() - kLengthBytes) {
    return broken("the header claims " + std::to_string(header_bytes) + " bytes in a file of " +
                  std::to_string(file.size()) + " (at most " + std::to_string(kMostHeaderBytes) + ")");
  }
  const auto header = file.subspan(kLengthBytes, static_cast<std::size_t>(header_bytes));
  // The specification wants { as the very first byte, without white space before it.
  if (header.empty() || header[0] != '{') return broken("the header does not begin with {");
  HeaderParser parser({reinterpret_cast<const char*>(header.data()), header.size()});
  if (const Status parsed = parser.parse(); !parsed) return parsed.error();

  SafetensorsView view;
  view.metadata_ = std::move(parser.metadata);
  auto tensors = place_tensors(std::move(parser.entries), file.subspan(kLengthBytes + header.size()));
  if (!tensors) return tensors.error();
  view.tensors_ = std::move(tensors).value();

  view.by_name_.resize(view.tensors_.size());
  std::iota(view.by_name_.begin(), view.by_name_.end(), std::size_t{0});
  const auto name_of = [&](std::size_t index) -> const std::string& { return view.tensors_[index].name; };
  std::ranges::sort(view.by_name_, {}, name_of);
  const auto twin = std::ranges::adjacent_find(view.by_name_, {}, name_of);
  if (twin != view.by_name_.end()) return broken("tensor " + quoted(name_of(*twin)) + " is there twice");
  return view;
}

const TensorView* SafetensorsView::find(std::string_view name) const {
  const auto name_of = [&](std::size_t index) -> std::string_view { return tensors_[index].name; };
  const auto found = std::ranges::lower_bound(by_name_, name, {}, name_of);
  return found != by_name_.end() && name_of(*found) == name ? &tensors_[*found] : nullptr;
}

const std::string* SafetensorsView::metadata(std::string_view key) const {
  const auto found = metadata_.find(key);
  return found == metadata_.end() ? nullptr : &found->second;
}

Status read_floats(const TensorView& tensor, std::span<float> out) {
  if (tensor.dtype != DType::kF32 && tensor.dtype != DType::kF16) {
    return broken("tensor " + quoted(tensor.name) + " should be F32 or F16 but is " +
                  dtype_name(tensor.dtype));
  }
  if (out.size() != tensor.element_count()) {
    return bad_argument("tensor " + quoted(tensor.name) + " holds " + std::to_string(tensor.element_count()) +
                        " numbers, room was given for " + std::to_string(out.size()));
  }
  if (tensor.dtype == DType::kF32) {
    if (!out.empty()) std::memcpy(out.data(), tensor.bytes.data(), tensor.bytes.size());
  } else {
    for (std::size_t i = 0; i < out.size(); ++i) {
      std::uint16_t half = 0;
      std::memcpy(&half, &tensor.bytes[2 * i], sizeof half);
      out[i] = float_from_half(half);
    }
  }
  const bool all_finite = std::ranges::all_of(out, [](float value) { return std::isfinite(value); });
  if (!all_finite) return broken("tensor " + quoted(tensor.name) + " holds a number that is not finite");
  return {};
}

}  // namespace headstart
