#include "training/head_training.h"

#include <algorithm>

#include "base/softmax.h"

namespace headstart {

std::vector<std::uint32_t> row_classes_of(const TrainingTask& task) {
  std::vector<std::uint32_t> classes(task.rows.row_count());
  for (std::size_t r = 0; r < classes.size(); ++r) {
    classes[r] = task.class_indices[r % task.rows.sample_count()];
  }
  return classes;
}

double temperature_without(std::uint32_t fold, const TrainingTask& task, const Folds& folds,
                           std::span<const std::uint32_t> rows, std::span<const float> logits) {
  std::vector<float> others;
  std::vector<std::uint32_t> classes;
  for (std::size_t k = 0; k < rows.size(); ++k) {
    if (folds.fold_of_row[rows[k]] == fold) continue;
    const auto own = logits.subspan(k * task.class_count, task.class_count);
    others.insert(others.end(), own.begin(), own.end());
    classes.push_back(task.class_indices[rows[k]]);
  }
  return fit_temperature(others, classes, task.class_count);
}

void fold_in(std::span<const double> weights, std::span<const double> biases,
             const Standardisation& standardisation, double temperature, Head& head) {
  const std::size_t d = standardisation.means.size();
  head.feature_count = d;
  head.weights.resize(weights.size());
  head.biases.resize(biases.size());
  for (std::size_t c = 0; c < biases.size(); ++c) {
    double bias = biases[c];
    for (std::size_t j = 0; j < d; ++j) {
      const double weight = weights[c * d + j] * standardisation.scales[j];
      bias -= weight * standardisation.means[j];
      head.weights[c * d + j] = static_cast<float>(weight / temperature);
    }
    head.biases[c] = static_cast<float>(bias / temperature);
  }
}

Error ran_away() {
  return bad_argument("training ran away: its numbers grew beyond all bounds. A smaller learning rate helps");
}

void report_held_out(TrainReport& report, const TrainingTask& task, std::span<const std::uint32_t> rows,
                     std::span<const float> logits) {
  report.measured = !rows.empty();
  if (rows.empty()) {
    report.why_not_measured = task.options.fold_count < 2
                                  ? "no folds were asked for"
                                  : "no class has two pictures yet: one to learn from and one to check with";
    return;
  }
  std::vector<std::uint32_t> truths;
  std::vector<double> row(task.class_count);
  for (std::size_t k = 0; k < rows.size(); ++k) {
    const std::uint32_t truth = task.class_indices[rows[k]];
    const auto source = logits.subspan(k * task.class_count, task.class_count);
    std::copy(source.begin(), source.end(), row.begin());
    softmax(row);
    truths.push_back(truth);
    const auto predicted = std::max_element(row.begin(), row.end()) - row.begin();
    report.held_out_predictions.push_back(static_cast<std::uint32_t>(predicted));
    report.held_out_probabilities.push_back(static_cast<float>(row[truth]));
    report.held_out_confidences.push_back(static_cast<float>(*std::max_element(row.begin(), row.end())));
    report.held_out_log_losses.push_back(-logarithm(std::max(row[truth], kLeastProbability)));
  }
  report.held_out_logits.assign(logits.begin(), logits.end());
  report.held_out_rows.assign(rows.begin(), rows.end());
  report.metrics = measure(logits, truths, task.class_count);
}

}  // namespace headstart
