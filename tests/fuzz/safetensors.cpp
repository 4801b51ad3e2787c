// Any bytes, read as a safetensors file: refused, or every tensor lies inside the file and can be read.
#include "files/safetensors.h"

#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <vector>

#include "files/json.h"

using namespace headstart;

namespace {

void require(bool claim) {
  if (!claim) std::abort();
}

void check_tensor(const SafetensorsView& view, const TensorView& tensor, std::span<const std::uint8_t> file) {
  require(view.find(tensor.name) == &tensor);
  require(tensor.bytes.empty() || (tensor.bytes.data() >= file.data() &&
                                   tensor.bytes.data() + tensor.bytes.size() <= file.data() + file.size()));
  std::vector<float> values(tensor.element_count());
  (void)read_floats(tensor, values).ok();
}

// What was read, written again.
std::vector<std::uint8_t> rewritten(const SafetensorsView& view) {
  SafetensorsWriter writer;
  for (const auto& [key, value] : view.metadata()) writer.set_metadata(key, value);
  for (const TensorView& tensor : view.tensors()) {
    writer.add_bytes(tensor.name, tensor.dtype, tensor.shape, tensor.bytes);
  }
  return writer.finish();
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::span<const std::uint8_t> file(data, size);
  const auto parsed = SafetensorsView::parse(file);
  if (!parsed) {
    require(parsed.error().code == ErrorCode::kBadFile && !parsed.error().message.empty());
    return 0;
  }
  const SafetensorsView& view = parsed.value();
  for (const TensorView& tensor : view.tensors()) check_tensor(view, tensor, file);
  for (const auto& [key, value] : view.metadata()) (void)read_json_string_array(value);

  const std::vector<std::uint8_t> again = rewritten(view);
  const auto parsed_again = SafetensorsView::parse(again);
  require(parsed_again.ok() && parsed_again.value().metadata() == view.metadata());
  require(parsed_again.value().tensors().size() == view.tensors().size());
  return 0;
}
