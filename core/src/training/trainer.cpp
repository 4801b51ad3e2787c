#include "headstart/trainer.h"

#include <algorithm>
#include <cmath>
#include <utility>

#include "training/head_training.h"
#include "training/nearest_mean/nearest_mean.h"

namespace headstart {
namespace {

constexpr std::size_t kMostFolds = 1000;
constexpr std::size_t kMostHidden = 4096;
constexpr std::size_t kMostEpochs = 100000;

const ClassInfo* find_class(std::span<const ClassInfo> classes, ClassId id) {
  const auto found =
      std::find_if(classes.begin(), classes.end(), [id](const ClassInfo& info) { return info.id == id; });
  return found == classes.end() ? nullptr : &*found;
}

std::string in_quotes(const std::string& name) {
  return "\"" + name + "\"";
}

Error bad_option(const char* what, const char* range, const std::string& got) {
  return bad_argument(std::string(what) + " must be " + range + ", got " + got);
}

Status check_options(const TrainOptions& options) {
  if (options.l2 && !(std::isfinite(*options.l2) && *options.l2 >= 1e-8 && *options.l2 <= 1e4)) {
    return bad_option("the L2 strength", "from 1e-8 to 1e4", std::to_string(*options.l2));
  }
  if (options.temperature &&
      !(std::isfinite(*options.temperature) && *options.temperature >= 1e-4 && *options.temperature <= 1e4)) {
    return bad_option("the temperature", "from 1e-4 to 1e4", std::to_string(*options.temperature));
  }
  if (options.fold_count > kMostFolds) {
    return bad_option("the number of folds", "at most 1000", std::to_string(options.fold_count));
  }
  if (options.head != HeadKind::kMlp) return {};
  if (options.hidden_count < 1 || options.hidden_count > kMostHidden) {
    return bad_option("the number of hidden units", "from 1 to 4096", std::to_string(options.hidden_count));
  }
  if (options.epoch_count < 1 || options.epoch_count > kMostEpochs) {
    return bad_option("the number of epochs", "from 1 to 100000", std::to_string(options.epoch_count));
  }
  if (options.batch_size < 1) return bad_option("the batch size", "at least 1", "0");
  if (!(std::isfinite(options.learning_rate) && options.learning_rate > 0)) {
    return bad_option("the learning rate", "above 0", std::to_string(options.learning_rate));
  }
  return {};
}

// Says what is missing by the names that the person gave.
Status check_class_count(const TrainingSetView& samples, std::span<const ClassInfo> classes) {
  if (samples.class_ids.size() >= 2) return {};
  std::string message = "training needs pictures in at least two classes";
  if (samples.class_ids.empty()) return too_few_samples(message + ", there are none yet");
  const ClassInfo* only = find_class(classes, samples.class_ids.front());
  message += ", only " + in_quotes(only == nullptr ? "" : only->name) + " has some";
  const auto empty = std::find_if(classes.begin(), classes.end(), [&](const ClassInfo& info) {
    return info.enabled && info.id != samples.class_ids.front();
  });
  const bool is_other_disabled = std::any_of(classes.begin(), classes.end(), [](const ClassInfo& info) {
    return !info.enabled && info.sample_count > 0;
  });
  if (empty != classes.end()) {
    message += ": record some for " + in_quotes(empty->name);
  } else {
    message += is_other_disabled ? ": switch another class on" : ": add another class";
  }
  return too_few_samples(message);
}

Status check_samples(const TrainingSetView& samples, std::span<const ClassInfo> classes) {
  if (const Status enough = check_class_count(samples, classes); !enough) return enough;
  if (samples.feature_count == 0 ||
      samples.embeddings.size() != samples.class_indices.size() * samples.feature_count) {
    return bad_argument("samples have " + std::to_string(samples.feature_count) + " features each, got " +
                        std::to_string(samples.embeddings.size()) + " numbers for " +
                        std::to_string(samples.class_indices.size()) + " samples");
  }
  return {};
}

std::vector<std::string> labels_of(const TrainingSetView& samples, std::span<const ClassInfo> classes) {
  std::vector<std::string> labels;
  for (const ClassId id : samples.class_ids) {
    const ClassInfo* info = find_class(classes, id);
    labels.push_back(info == nullptr ? std::string() : info->name);
  }
  return labels;
}

Result<std::unique_ptr<HeadTraining>> start_training(TrainingTask task, const ComputePool& pool) {
  switch (task.options.head) {
    case HeadKind::kNearestMean:
      return start_nearest_mean(std::move(task));
    case HeadKind::kDiscriminant:
      return start_discriminant(std::move(task), pool);
    case HeadKind::kMlp:
      return start_mlp(std::move(task), pool);
    case HeadKind::kLogistic:
      break;
  }
  return start_logistic(std::move(task), pool);
}

}  // namespace

struct Trainer::State {
  std::unique_ptr<HeadTraining> training;
  std::vector<SampleId> sample_ids;
  double fraction = 0;
  bool done = false;
};

Trainer::Trainer(std::unique_ptr<State> state) : state_(std::move(state)) {}
Trainer::Trainer(Trainer&&) noexcept = default;
Trainer& Trainer::operator=(Trainer&&) noexcept = default;
Trainer::~Trainer() = default;

Result<Trainer> Trainer::start(const TrainingSetView& samples, std::span<const ClassInfo> classes,
                               const TrainOptions& options, const ComputePool& pool) {
  if (const Status valid = check_options(options); !valid) return valid.error();
  if (const Status valid = check_samples(samples, classes); !valid) return valid.error();
  Result<TrainingRows> rows = TrainingRows::create(samples, options);
  if (!rows) return rows.error();
  const std::size_t view_count = rows.value().view_count();
  const std::vector<std::string> labels = labels_of(samples, classes);
  TrainingTask task{.rows = std::move(rows).value(),
                    .class_indices = {samples.class_indices.begin(), samples.class_indices.end()},
                    .class_count = samples.class_ids.size(),
                    .labels = labels,
                    .options = options};
  Result<std::unique_ptr<HeadTraining>> training = start_training(std::move(task), pool);
  if (!training) return training.error();
  HeadTraining& started = *training.value();
  started.head.labels = labels;
  started.head.seed = std::to_string(options.seed);
  started.head.features = named_maps(samples.blocks, options.features);
  started.head.second_look = options.second_look;
  started.report.features = started.head.features;
  started.report.view_count = view_count;
  started.report.second_look = options.second_look;
  started.report.head = options.head;
  started.report.seed = options.seed;
  started.report.class_ids = samples.class_ids;
  for (const ClassInfo& info : classes) {
    const auto& used = samples.class_ids;
    if (info.enabled && std::find(used.begin(), used.end(), info.id) == used.end()) {
      started.report.left_out.push_back(info.id);
    }
  }
  auto state = std::make_unique<State>();
  state->training = std::move(training).value();
  state->sample_ids.assign(samples.sample_ids.begin(), samples.sample_ids.end());
  return Trainer(std::move(state));
}

Result<TrainProgress> Trainer::step() {
  if (state_->done) return TrainProgress{.fraction = 1, .done = true};
  Result<TrainProgress> progress = state_->training->step();
  if (!progress) return progress.error();
  state_->fraction = std::max(state_->fraction, progress.value().fraction);
  progress.value().fraction = state_->fraction;
  state_->done = progress.value().done;
  if (state_->done) {
    TrainReport& report = state_->training->report;
    for (const std::uint32_t row : report.held_out_rows) {
      if (row < state_->sample_ids.size()) report.held_out_ids.push_back(state_->sample_ids[row]);
    }
  }
  return progress;
}

const Head& Trainer::head() const {
  return state_->training->head;
}

const TrainReport& Trainer::report() const {
  return state_->training->report;
}

Result<Head> nearest_mean_head(const TrainingSetView& samples, std::span<const ClassInfo> classes,
                               const FeatureSet& features) {
  if (const Status valid = check_samples(samples, classes); !valid) return valid.error();
  const Result<TrainingRows> chosen = TrainingRows::create(samples, {.features = features});
  if (!chosen) return chosen.error();
  const std::size_t sample_count = chosen.value().sample_count();
  const std::size_t feature_count = chosen.value().feature_count();
  std::optional<StridedRows> rows = chosen.value().samples_in_place();
  std::vector<float> joined;
  std::vector<float> scales;
  if (!rows) {
    joined.resize(sample_count * feature_count);
    rows = StridedRows{joined, feature_count, feature_count};
    for (std::size_t i = 0; i < sample_count; ++i) {
      chosen.value().copy_row(i, std::span(joined).subspan(i * feature_count, feature_count));
    }
    scales = map_scales(*rows, chosen.value().map_sizes(), sample_count);
    for (std::size_t k = 0; k < joined.size(); ++k) joined[k] *= scales[k % feature_count];
  }
  const std::vector<std::uint8_t> is_training(sample_count, 1);
  LinearHead fitted =
      fit_nearest_mean(*rows, sample_count, samples.class_indices, samples.class_ids.size(), is_training);
  for (std::size_t k = 0; !scales.empty() && k < fitted.weights.size(); ++k) {
    fitted.weights[k] *= scales[k % feature_count];
  }
  Head head;
  head.labels = labels_of(samples, classes);
  head.feature_count = feature_count;
  head.features = named_maps(samples.blocks, features);
  head.weights = std::move(fitted.weights);
  head.biases = std::move(fitted.biases);
  return head;
}

}  // namespace headstart
