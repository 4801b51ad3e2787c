#include "network/joined_file.h"

#include <algorithm>
#include <cmath>
#include <cstring>
#include <optional>
#include <string_view>
#include <utility>

#include "files/decimal.h"
#include "files/safetensors.h"
#include "headstart/network.h"
#include "network/backbone_file.h"
#include "network/join.h"
#include "network/map_name.h"
#include "network/tflite_reader.h"

namespace headstart {
namespace {

constexpr std::string_view kFormat = "joined/1";
constexpr std::string_view kFormatFamily = "joined/";
constexpr std::string_view kScale = ".input_scale";
constexpr std::string_view kOffset = ".input_offset";
constexpr std::string_view kShare = ".share";
constexpr double kLeastShare = 1e-3;
constexpr double kMostShare = 1e3;

Error broken(std::string message) {
  return bad_file("joined networks: " + std::move(message));
}

// A ratio of the metadata; `found` says whether it is there.
Result<double> read_ratio(const SafetensorsView& file, const std::string& key, bool& found) {
  const std::string* text = file.metadata(key);
  found = text != nullptr;
  if (!found) return 0.0;
  const std::optional<double> value = parse_ratio(*text);
  if (value && std::abs(*value) < 1e5) return *value;
  return broken(key + " should be a number such as 1/255, got " + quoted(*text));
}

// What the metadata says of a network's pixels; nothing where it leaves that to the network's own file.
Result<std::optional<Normalisation>> stated_normalisation(const SafetensorsView& file,
                                                          const std::string& name) {
  bool has_scale = false;
  bool has_offset = false;
  const Result<double> scale = read_ratio(file, name + std::string(kScale), has_scale);
  if (!scale) return scale.error();
  const Result<double> offset = read_ratio(file, name + std::string(kOffset), has_offset);
  if (!offset) return offset.error();
  if (has_scale != has_offset) return broken("a network's input_scale and input_offset come together");
  if (!has_scale) return std::optional<Normalisation>();
  return std::optional(Normalisation{static_cast<float>(scale.value()), static_cast<float>(offset.value())});
}

Result<double> stated_share(const SafetensorsView& file, const std::string& name) {
  const std::string key = name + std::string(kShare);
  bool is_there = false;
  const Result<double> share = read_ratio(file, key, is_there);
  if (!share) return share.error();
  if (!is_there) return 1.0;
  if (share.value() >= kLeastShare && share.value() <= kMostShare) return share;
  return broken(key + " should be from 0.001 to 1000, got " + quoted(*file.metadata(key)));
}

Result<Network> read_part(const SafetensorsView& file, const TensorView& tensor) {
  if (tensor.dtype != DType::kU8 || tensor.shape.size() != 1) {
    return broken("the tensor " + quoted(tensor.name) + " should be the bytes of a file (U8), got " +
                  dtype_name(tensor.dtype) + " " + shape_text(tensor.shape));
  }
  const auto normalisation = stated_normalisation(file, tensor.name);
  if (!normalisation) return normalisation.error();
  if (is_tflite(tensor.bytes)) return read_tflite(tensor.bytes, normalisation.value());
  if (normalisation.value()) {
    return broken("a backbone file says itself how it wants its pixels: only a .tflite takes an input_scale");
  }
  return read_backbone_file(tensor.bytes);
}

}  // namespace

bool is_joined_file(std::span<const std::uint8_t> file) {
  // Without parsing twice: the header is short, and the format's name stands in it.
  constexpr std::size_t kLengthBytes = 8;
  constexpr std::size_t kFarEnough = 1024;
  if (file.size() < kLengthBytes || is_tflite(file)) return false;
  const auto begin = file.subspan(kLengthBytes);
  const std::string_view head(reinterpret_cast<const char*>(begin.data()),
                              std::min(begin.size(), kFarEnough));
  return head.find("\"joined/") != std::string_view::npos;
}

Result<Network> read_joined_file(std::span<const std::uint8_t> bytes) {
  const auto parsed = SafetensorsView::parse(bytes);
  if (!parsed) return parsed.error();
  const SafetensorsView& file = parsed.value();
  const std::string* format = file.metadata("format");
  if (format == nullptr) return broken("__metadata__ lacks \"format\"");
  if (*format != kFormat) {
    const std::string message = "this program reads the format \"joined/1\", got " + quoted(*format);
    return format->starts_with(kFormatFamily) ? bad_version("joined networks: " + message) : broken(message);
  }
  const std::size_t count = file.tensors().size();
  if (count < 1 || count > kMostBranches) {
    return broken("expected from 1 to " + std::to_string(kMostBranches) + " networks, got " +
                  std::to_string(count));
  }
  std::vector<Network> parts;
  std::vector<double> shares;
  for (std::size_t i = 0; i < count; ++i) {
    const TensorView* tensor = file.find(branch_name(i));
    if (tensor == nullptr) return broken("there is no network " + quoted(branch_name(i)));
    auto part = read_part(file, *tensor);
    if (!part && count == 1) return part.error();
    if (!part) {
      return Error{part.error().code, "network " + quoted(tensor->name) + ": " + part.error().message};
    }
    parts.push_back(std::move(part).value());
    const Result<double> share = stated_share(file, branch_name(i));
    if (!share) return share.error();
    shares.push_back(share.value());
  }
  if (count == 1) return std::move(parts.front());
  auto whole = join_networks(std::move(parts));
  if (!whole && whole.error().code == ErrorCode::kBadArgument) return broken(whole.error().message);
  if (!whole) return whole;
  for (std::size_t i = 0; i < count; ++i) whole.value().branches[i].share = shares[i];
  return whole;
}

std::vector<std::uint8_t> joined_file(std::span<const std::span<const std::uint8_t>> files,
                                      std::span<const double> shares) {
  SafetensorsWriter writer;
  writer.set_metadata("format", std::string(kFormat));
  for (std::size_t i = 0; i < files.size(); ++i) {
    if (!shares.empty()) {
      writer.set_metadata(branch_name(i) + std::string(kShare), write_ratio(shares[i]));
    }
    writer.add_bytes(branch_name(i), DType::kU8, {files[i].size()}, files[i]);
  }
  return writer.finish();
}

}  // namespace headstart
