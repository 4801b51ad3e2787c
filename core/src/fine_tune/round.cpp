// A run between two epochs as a file, `tuning/1` (safetensors), and back. In it stands what start() with the
// same arguments would not bring by itself:
//
//   metadata                 backbone_sha256, input_size: what the weights belong to
//   run.counts U64, .rates F64   the options that decide what comes out
//   samples.id U32, .class U32, .check U64   [sample_count], the caller's
//   epochs F64               [epoch_count, 3] losses and accuracy
//   head_alone.weight, .bias, .logits        what fine-tuning is measured against
//   best.logits              [held_out_count, class_count]
//   now/NAME mean/NAME square/NAME           weights and the optimiser's moments
//   start/NAME               where the backbone's file does not say where training began
//   best/NAME                where the best weights are neither the start's nor those of now
#include <algorithm>
#include <array>
#include <cmath>
#include <cstring>
#include <utility>

#include "fine_tune/tuning.h"

namespace headstart {
namespace {

constexpr std::string_view kFormat = "tuning/1";
constexpr std::string_view kFormatFamily = "tuning/";
constexpr std::size_t kCountCount = 11;
constexpr std::size_t kRateCount = 5;

using Counts = std::array<std::uint64_t, kCountCount>;
using Rates = std::array<double, kRateCount>;

Counts counts_of(const FineTuneOptions& options, ViewUse view_use, std::size_t best_epoch) {
  return {static_cast<std::uint64_t>(options.part),
          options.block_count,
          options.cut_block,
          options.cut_channel_count,
          options.seed,
          static_cast<std::uint64_t>(options.optimiser),
          options.epoch_count,
          options.batch_size,
          options.patience_epochs,
          static_cast<std::uint64_t>(view_use),
          best_epoch};
}

Rates rates_of(const FineTuneOptions& options) {
  return {options.learning_rate, options.depth_decay, options.pull_to_start, options.warm_up_fraction,
          options.held_out_fraction};
}

template <typename T>
std::span<const std::uint8_t> bytes_of(std::span<const T> values) {
  return {reinterpret_cast<const std::uint8_t*>(values.data()), values.size_bytes()};
}

Result<const TensorView*> find_tensor(const SafetensorsView& file, const std::string& name, DType dtype) {
  const TensorView* tensor = file.find(name);
  if (tensor == nullptr) return bad_file("this round of a fine-tuning lacks " + quoted(name));
  if (tensor->dtype != dtype) {
    return bad_file("expected " + quoted(name) + " of a fine-tuning's round as " + dtype_name(dtype) +
                    ", it is " + dtype_name(tensor->dtype));
  }
  return tensor;
}

Result<const TensorView*> find_tensor(const SafetensorsView& file, const std::string& name, DType dtype,
                                      const std::vector<std::size_t>& shape) {
  Result<const TensorView*> tensor = find_tensor(file, name, dtype);
  if (tensor && tensor.value()->shape != shape) {
    return bad_file("expected " + quoted(name) + " of a fine-tuning's round in the shape " +
                    shape_text(shape) + ", it has " + shape_text(tensor.value()->shape));
  }
  return tensor;
}

// All numbers of a tensor of one dimension, whose length the file chooses.
template <typename T>
Result<std::vector<T>> read_list(const SafetensorsView& file, const std::string& name, DType dtype) {
  const Result<const TensorView*> tensor = find_tensor(file, name, dtype);
  if (!tensor) return tensor.error();
  if (tensor.value()->shape.size() != 1) return bad_file("expected " + quoted(name) + " to be a list");
  std::vector<T> values(tensor.value()->element_count());
  if (!values.empty()) std::memcpy(values.data(), tensor.value()->bytes.data(), values.size() * sizeof(T));
  return values;
}

Status read_weights(const SafetensorsView& file, const std::string& name,
                    const std::vector<std::size_t>& shape, std::span<float> out) {
  const Result<const TensorView*> tensor = find_tensor(file, name, DType::kF32, shape);
  if (!tensor) return tensor.error();
  return read_floats(*tensor.value(), out);
}

Result<Counts> read_counts(const SafetensorsView& file) {
  const auto counts = read_list<std::uint64_t>(file, "run.counts", DType::kU64);
  if (!counts) return counts.error();
  if (counts.value().size() != kCountCount) {
    return bad_file("expected " + std::to_string(kCountCount) + " numbers in \"run.counts\", got " +
                    std::to_string(counts.value().size()));
  }
  Counts out{};
  std::ranges::copy(counts.value(), out.begin());
  return out;
}

Result<std::vector<FineTuneEpoch>> read_epochs(const SafetensorsView& file, std::size_t most) {
  const Result<const TensorView*> tensor = find_tensor(file, "epochs", DType::kF64);
  if (!tensor) return tensor.error();
  const std::vector<std::size_t>& shape = tensor.value()->shape;
  if (shape.size() != 2 || shape[1] != 3 || shape[0] < 1 || shape[0] > most) {
    return bad_file("expected 1 to " + std::to_string(most) + " finished epochs of three numbers, got " +
                    shape_text(shape));
  }
  std::vector<double> numbers(3 * shape[0]);
  std::memcpy(numbers.data(), tensor.value()->bytes.data(), numbers.size() * sizeof(double));
  if (!std::ranges::all_of(numbers, [](double number) { return std::isfinite(number); }))
    return bad_file("the losses of a fine-tuning's round must be finite numbers");
  std::vector<FineTuneEpoch> epochs;
  for (std::size_t i = 0; i < numbers.size(); i += 3)
    epochs.push_back({numbers[i], numbers[i + 1], numbers[i + 2]});
  return epochs;
}

Result<SafetensorsView> parse_round(std::span<const std::uint8_t> round_file) {
  Result<SafetensorsView> file = SafetensorsView::parse(round_file);
  if (!file) return file;
  const std::string* format = file.value().metadata("format");
  if (format != nullptr && *format == kFormat) return file;
  if (format != nullptr && std::string_view(*format).starts_with(kFormatFamily)) {
    return bad_version("this program goes on with fine-tunings of the format tuning/1, got " +
                       quoted(*format));
  }
  return bad_file("this file is no round of a fine-tuning");
}

// Where training began is not what the backbone's file says: the head, and a cut's new convolution.
bool has_own_start(const FineTunePlan& plan, TrainedPart part, std::size_t index) {
  return index >= plan.head_weights() || (part == TrainedPart::kCut && index < 2);
}

}  // namespace

Result<FineTuneOrigin> read_round_origin(std::span<const std::uint8_t> round_file) {
  const Result<SafetensorsView> parsed = parse_round(round_file);
  if (!parsed) return parsed.error();
  const SafetensorsView& file = parsed.value();
  const Result<Counts> counts = read_counts(file);
  if (!counts) return counts.error();
  const std::uint64_t view_use = counts.value()[9];
  if (view_use > static_cast<std::uint64_t>(ViewUse::kAll))
    return bad_version("this round of a fine-tuning uses views in a way that this program does not know");
  auto ids = read_list<std::uint32_t>(file, "samples.id", DType::kU32);
  if (!ids) return ids.error();
  auto classes = read_list<std::uint32_t>(file, "samples.class", DType::kU32);
  if (!classes) return classes.error();
  auto checks = read_list<std::uint64_t>(file, "samples.check", DType::kU64);
  if (!checks) return checks.error();
  if (classes.value().size() != ids.value().size() || checks.value().size() != ids.value().size())
    return bad_file("a round of a fine-tuning must say as much of each of its pictures");
  return FineTuneOrigin{static_cast<ViewUse>(view_use), std::move(ids).value(), std::move(classes).value(),
                        std::move(checks).value()};
}

bool FineTuner::State::has_finished_epoch() const {
  const bool is_between = phase_ == Phase::kTrain || (phase_ == Phase::kEmbedFinal && epochs.is_over());
  return is_between && cursor_ == 0 && !epochs.done().empty();
}

Result<std::vector<std::uint8_t>> FineTuner::State::round_file(const FineTuneOrigin& origin) const {
  if (!has_finished_epoch()) return bad_argument("a round is written when an epoch has just been finished");
  const FineTunePlan& plan = network.plan();
  const std::size_t class_count = task.labels.size();
  std::vector<double> losses;
  for (const FineTuneEpoch& epoch : epochs.done())
    losses.insert(losses.end(), {epoch.train_loss, epoch.held_out_loss, epoch.held_out_accuracy});
  const Counts counts = counts_of(task.options, origin.view_use, epochs.best_epoch());
  const Rates rates = rates_of(task.options);

  SafetensorsWriter writer;
  writer.set_metadata("format", std::string(kFormat));
  writer.set_metadata("backbone_sha256", task.backbone_sha256);
  writer.set_metadata("input_size", std::to_string(task.input_size_px));
  writer.add_bytes("run.counts", DType::kU64, {counts.size()},
                   bytes_of(std::span<const std::uint64_t>(counts)));
  writer.add_bytes("run.rates", DType::kF64, {rates.size()}, bytes_of(std::span<const double>(rates)));
  const std::size_t samples = origin.sample_ids.size();
  writer.add_bytes("samples.id", DType::kU32, {samples}, bytes_of(std::span(origin.sample_ids)));
  writer.add_bytes("samples.class", DType::kU32, {samples}, bytes_of(std::span(origin.class_indices)));
  writer.add_bytes("samples.check", DType::kU64, {samples}, bytes_of(std::span(origin.checks)));
  writer.add_bytes("epochs", DType::kF64, {epochs.done().size(), 3},
                   bytes_of(std::span<const double>(losses)));
  const Head& alone = head_alone_.head;
  writer.add_f32("head_alone.weight", {class_count, alone.feature_count}, alone.weights);
  writer.add_f32("head_alone.bias", {class_count}, alone.biases);
  writer.add_f32("head_alone.logits", {held_out_.count(), class_count}, head_alone_.logits);
  writer.add_f32("best.logits", {held_out_.count(), class_count}, epochs.best_logits());
  const bool has_other_best = epochs.best_epoch() > 0 && epochs.best_epoch() < epochs.done().size();
  std::size_t offset = 0;  // of the best weights
  for (std::size_t i = 0; i < plan.parameters.size(); ++i) {
    const Parameter& parameter = plan.parameters[i];
    const std::size_t count = parameter.element_count();
    writer.add_f32("now/" + parameter.name, parameter.shape, parameter.elements());
    writer.add_f32("mean/" + parameter.name, parameter.shape, parameter.first_moment.span().first(count));
    if (task.options.optimiser == Optimiser::kAdamW)
      writer.add_f32("square/" + parameter.name, parameter.shape,
                     parameter.second_moment.span().first(count));
    if (has_own_start(plan, task.options.part, i))
      writer.add_f32("start/" + parameter.name, parameter.shape, parameter.start.span().first(count));
    if (has_other_best)
      writer.add_f32("best/" + parameter.name, parameter.shape, epochs.best_weights().subspan(offset, count));
    offset += parameter.padded_count();
  }
  return writer.finish();
}

Status FineTuner::State::take_up(std::span<const std::uint8_t> round_file) {
  const Result<SafetensorsView> parsed = parse_round(round_file);
  if (!parsed) return parsed.error();
  const SafetensorsView& file = parsed.value();
  const Result<FineTuneOrigin> origin = read_round_origin(round_file);
  if (!origin) return origin.error();
  const Result<Counts> counts = read_counts(file);
  if (!counts) return counts.error();
  const auto rates = read_list<double>(file, "run.rates", DType::kF64);
  if (!rates) return rates.error();
  const std::size_t best_epoch = static_cast<std::size_t>(counts.value().back());
  const Rates own_rates = rates_of(task.options);
  if (counts.value() != counts_of(task.options, origin.value().view_use, best_epoch) ||
      !std::ranges::equal(rates.value(), own_rates)) {
    return bad_file("this fine-tuning was begun with other settings than the ones it should go on with");
  }
  const std::string* backbone = file.metadata("backbone_sha256");
  const std::string* input_size = file.metadata("input_size");
  if (backbone == nullptr || *backbone != task.backbone_sha256 || input_size == nullptr ||
      *input_size != std::to_string(task.input_size_px)) {
    return bad_file("this fine-tuning was begun on another backbone, or at another input size");
  }
  Result<std::vector<FineTuneEpoch>> done = read_epochs(file, task.options.epoch_count);
  if (!done) return done.error();
  const std::size_t done_count = done.value().size();
  if (best_epoch > done_count)
    return bad_file("the best of " + std::to_string(done_count) + " epochs cannot be number " +
                    std::to_string(best_epoch));
  std::vector<float> best_logits(held_out_.count() * task.labels.size());
  Status status = read_weights(file, "best.logits", {held_out_.count(), task.labels.size()}, best_logits);
  if (status) status = read_head_alone(file);
  if (!status) return status;

  // As end_probe() leaves them, then as the epochs did.
  const std::span<Parameter> parameters = network.parameters();
  for (std::size_t i = 0; i < parameters.size(); ++i) {
    Parameter& parameter = parameters[i];
    if (!has_own_start(network.plan(), task.options.part, i)) continue;
    std::vector<float> start(parameter.element_count());
    status = read_weights(file, "start/" + parameter.name, parameter.shape, start);
    if (!status) return status;
    restart_parameter(parameter, start);
  }
  epochs.start(parameters, best_logits, held_out_);
  status = read_parameters(file);
  if (!status) return status;
  Result<std::vector<float>> best_weights = read_best_weights(file, best_epoch, done_count);
  if (!best_weights) return best_weights.error();
  epochs.take_up(
      {std::move(done).value(), best_epoch, std::move(best_weights).value(), std::move(best_logits)},
      held_out_);
  survey_.reset();
  done_units_ =
      task.pictures.size() * (is_cut() ? 2 : 1) + done_count * (3 * epochs.view_count() + held_out_.count());
  go_on_or_finish();
  return {};
}

Status FineTuner::State::read_head_alone(const SafetensorsView& file) {
  const std::size_t class_count = task.labels.size();
  Head& head = head_alone_.head;
  head.labels = task.labels;
  head.feature_count =
      is_cut() ? network.plan().borders.front().shape.channel_count : network.plan().feature_count();
  head.weights.resize(class_count * head.feature_count);
  head.biases.resize(class_count);
  head_alone_.logits.resize(held_out_.count() * class_count);
  Status status = read_weights(file, "head_alone.weight", {class_count, head.feature_count}, head.weights);
  if (status) status = read_weights(file, "head_alone.bias", {class_count}, head.biases);
  if (status)
    status = read_weights(file, "head_alone.logits", {held_out_.count(), class_count}, head_alone_.logits);
  if (!status) return status;
  report.head_alone = held_out_.metrics(head_alone_.logits);
  head_alone_.epoch = {0, held_out_.loss(head_alone_.logits), report.head_alone.accuracy};
  return {};
}

Status FineTuner::State::read_parameters(const SafetensorsView& file) {
  for (Parameter& parameter : network.parameters()) {
    const std::size_t count = parameter.element_count();
    const std::span<float> squares = parameter.second_moment.span().first(count);
    Status status =
        read_weights(file, "now/" + parameter.name, parameter.shape, parameter.values.span().first(count));
    if (status)
      status = read_weights(file, "mean/" + parameter.name, parameter.shape,
                            parameter.first_moment.span().first(count));
    if (status && task.options.optimiser == Optimiser::kAdamW)
      status = read_weights(file, "square/" + parameter.name, parameter.shape, squares);
    if (!status) return status;
    if (std::ranges::any_of(squares, [](float value) { return value < 0; }))
      return bad_file(quoted("square/" + parameter.name) + " holds a square below zero");
  }
  return {};
}

Result<std::vector<float>> FineTuner::State::read_best_weights(const SafetensorsView& file,
                                                               std::size_t best_epoch,
                                                               std::size_t epoch_count) {
  const std::span<Parameter> parameters = network.parameters();
  if (best_epoch == epoch_count) return take_snapshot(parameters);
  std::vector<float> best(epochs.best_weights().begin(), epochs.best_weights().end());  // of the start
  if (best_epoch == 0) return best;
  std::size_t offset = 0;
  for (const Parameter& parameter : parameters) {
    const Status status = read_weights(file, "best/" + parameter.name, parameter.shape,
                                       std::span(best).subspan(offset, parameter.element_count()));
    if (!status) return status.error();
    offset += parameter.padded_count();
  }
  return best;
}

}  // namespace headstart
