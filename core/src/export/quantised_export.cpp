#include <algorithm>
#include <cmath>
#include <optional>
#include <utility>

#include "export/limits.h"
#include "export/quantiser.h"
#include "export/writers.h"
#include "headstart/export.h"

namespace headstart {
namespace {

// By more than this whole maps may not change a probability where real ones are to be had.
constexpr float kMostLoss = 0.01F;
constexpr std::size_t kPicturesToDecideBy = 8;

}  // namespace

// Order is lifetime: steps point into the model, the runners into steps.
struct QuantisedExport::State {
  ExportOptions options;
  ExportedModel model;
  ComputePool pool;
  ImagePreparer preparer;
  std::vector<std::uint8_t> rgba;     // [side, side, 4]
  std::vector<std::uint8_t> picture;  // [side, side, 3]
  std::optional<Quantiser> quantiser = {};
  std::vector<std::vector<std::uint8_t>> first_pictures = {};
  std::size_t calibrated_count = 0;
  std::optional<QuantisedModel> quantised = {};
  std::optional<QuantisedRunner> coarse = {};
  AnswerChanges report = {};

  Status read(const FrameView& frame) {
    if (const Status resized = preparer.resize(frame, {}, rgba); !resized) return resized;
    for (std::size_t i = 0; i < picture.size(); ++i) picture[i] = rgba[i / 3 * 4 + i % 3];
    return {};
  }

  Status settle() {
    if (quantised) return {};
    use(CurvedMaps::kWhole);
    if (std::ranges::none_of(curved_parts(model), [](bool is_curved) { return is_curved; })) return {};
    const Result<float> loss = loss_of_first();
    if (!loss) return loss.error();
    if (loss.value() > kMostLoss) use(CurvedMaps::kReal);
    return {};
  }

  void use(CurvedMaps curved) {
    const bool is_c = options.format == ModelFormat::kCArray;
    coarse.reset();  // it points into what is replaced
    quantised.emplace(quantiser->quantise(is_c ? QuantisedEnds::kWhole : QuantisedEnds::kReal, curved));
    coarse.emplace(*quantised, pool);
  }

  // The mean difference of a probability on some of the pictures that were calibrated with.
  Result<float> loss_of_first() {
    float sum = 0;
    for (const std::vector<std::uint8_t>& seen : first_pictures) {
      const auto before = quantiser->run(seen);
      const auto after = coarse->run(seen);
      if (!before || !after) return before ? after.error() : before.error();
      for (std::size_t i = 0; i < model.labels.size(); ++i)
        sum += std::abs(before.value()[i] - after.value()[i]) / static_cast<float>(model.labels.size());
    }
    return sum / static_cast<float>(first_pictures.size());
  }
};

QuantisedExport::QuantisedExport(std::unique_ptr<State> state) : state_(std::move(state)) {}
QuantisedExport::QuantisedExport(QuantisedExport&&) noexcept = default;
QuantisedExport& QuantisedExport::operator=(QuantisedExport&&) noexcept = default;
QuantisedExport::~QuantisedExport() = default;

Result<QuantisedExport> QuantisedExport::create(std::span<const std::uint8_t> backbone_file, const Head& head,
                                                const ExportOptions& options) {
  if (options.format != ModelFormat::kTfliteInt8 && options.format != ModelFormat::kCArray)
    return bad_argument(std::string("expected tflite-int8 or c-array, got ") +
                        model_format_name(options.format));
  Result<ExportedModel> model = read_exported_model(backbone_file, head);
  if (!model) return model.error();
  if (const Status held = check_holds(options.format, model.value()); !held) return held.error();
  take_apart_for_whole_numbers(model.value());
  // On the calling thread: pictures come one at a time.
  Result<ComputePool> pool = ComputePool::create(1);
  if (!pool) return pool.error();
  const std::size_t side = model.value().input_size_px;
  Result<ImagePreparer> preparer = ImagePreparer::create(static_cast<std::int32_t>(side));
  if (!preparer) return preparer.error();
  auto state = std::make_unique<State>(State{.options = options,
                                             .model = std::move(model).value(),
                                             .pool = std::move(pool).value(),
                                             .preparer = std::move(preparer).value(),
                                             .rgba = std::vector<std::uint8_t>(side * side * 4),
                                             .picture = std::vector<std::uint8_t>(side * side * 3)});
  state->quantiser.emplace(state->model, state->pool);
  return QuantisedExport(std::move(state));
}

Status QuantisedExport::calibrate(const FrameView& frame) {
  if (const Status read = state_->read(frame); !read) return read;
  if (const Status seen = state_->quantiser->calibrate(state_->picture); !seen) return seen;
  if (state_->first_pictures.size() < kPicturesToDecideBy) state_->first_pictures.push_back(state_->picture);
  ++state_->calibrated_count;
  return {};
}

Status QuantisedExport::measure(const FrameView& frame, std::ptrdiff_t label_index) {
  if (state_->calibrated_count == 0)
    return bad_argument("pictures are measured after others were calibrated with");
  if (const Status read = state_->read(frame); !read) return read;
  if (const Status settled = state_->settle(); !settled) return settled;
  const auto before = state_->quantiser->run(state_->picture);
  const auto after = state_->coarse->run(state_->picture);
  if (!before || !after) return before ? after.error() : before.error();
  state_->report.add(before.value(), after.value(), label_index);
  return {};
}

const AnswerChanges& QuantisedExport::report() const {
  return state_->report;
}

Result<std::vector<std::uint8_t>> QuantisedExport::write() {
  if (state_->calibrated_count == 0)
    return too_few_samples("a file in 8-bit numbers is fitted to pictures, and there are none");
  if (const Status settled = state_->settle(); !settled) return settled.error();
  std::size_t arena_bytes = 0;
  Result<std::vector<std::uint8_t>> file =
      write_tflite_quantised(state_->model, *state_->quantised, state_->options, &arena_bytes);
  if (!file || state_->options.format == ModelFormat::kTfliteInt8) return file;
  return write_c_array(state_->model, file.value(), arena_bytes, state_->options);
}

}  // namespace headstart
