#include "headstart/attention.h"

#include <algorithm>
#include <string>

#include "base/dot.h"
#include "head/transform.h"

namespace headstart {
namespace {

constexpr std::size_t kFinestGrid = 28;

// For each column of `weights` [class_count, columns] what the class has more than the classes on the
// average.
std::vector<double> above_average(std::span<const float> weights, std::size_t class_count,
                                  std::size_t class_index) {
  const std::size_t columns = weights.size() / class_count;
  std::vector<double> above(columns);
  const double share = 1.0 / static_cast<double>(class_count);
  for (std::size_t row = 0; row < class_count; ++row) {
    const double factor = (row == class_index ? 1.0 : 0.0) - share;
    for (std::size_t k = 0; k < columns; ++k)
      above[k] += factor * static_cast<double>(weights[row * columns + k]);
  }
  return above;
}

// The head as this picture finds it: logit = weights · features + bias.
struct LinearView {
  std::vector<float> weights;  // [feature_count]
  double bias = 0;
};

// Turns weights of transformed features into those that say the same of this picture's own: as a rectifier
// does, a transform only scales each feature.
void scale_back(std::span<const float> features, std::span<const float> transformed,
                std::span<float> weights) {
  for (std::size_t k = 0; k < weights.size(); ++k) {
    weights[k] = features[k] == 0 ? 0.0F : weights[k] * transformed[k] / features[k];
  }
}

LinearView linear_view(const Head& head, std::span<const float> features, std::size_t class_index) {
  const std::size_t class_count = head.class_count();
  const std::vector<double> above = above_average(head.weights, class_count, class_index);
  LinearView view;
  view.bias = above_average(head.biases, class_count, class_index).front();
  if (head.hidden_biases.empty()) {
    view.weights.assign(above.begin(), above.end());
    return view;
  }
  // A rectifier passes what lies above zero as it is, and nothing of the rest.
  std::vector<double> weights(features.size());
  for (std::size_t unit = 0; unit < head.hidden_biases.size(); ++unit) {
    const float* row = head.hidden_weights.data() + unit * features.size();
    const auto bias = static_cast<double>(head.hidden_biases[unit]);
    if (long_dot(row, features.data(), features.size()) + bias <= 0) continue;
    view.bias += above[unit] * bias;
    for (std::size_t k = 0; k < features.size(); ++k) weights[k] += above[unit] * static_cast<double>(row[k]);
  }
  view.weights.assign(weights.begin(), weights.end());
  return view;
}

// Which part of place `from` of `from_count` in a row falls on place `to` of `to_count` in the same room.
double part_on(std::size_t from, std::size_t from_count, std::size_t to, std::size_t to_count) {
  const std::size_t begin = std::max(from * to_count, to * from_count);
  const std::size_t end = std::min((from + 1) * to_count, (to + 1) * from_count);
  return end > begin ? static_cast<double>(end - begin) / static_cast<double>(to_count) : 0;
}

// Adds the value of one place of a map to all places of the grid that it covers: the sum stays.
void spread(double value, std::size_t x, std::size_t y, const PlacedFeatures& map, std::size_t width,
            std::size_t height, std::vector<double>& grid) {
  for (std::size_t row = y * height / map.height; row < height; ++row) {
    const double share = part_on(y, map.height, row, height);
    if (share == 0) break;
    for (std::size_t column = x * width / map.width; column < width; ++column) {
      const double part = part_on(x, map.width, column, width);
      if (part == 0) break;
      grid[row * width + column] += value * share * part;
    }
  }
}

}  // namespace

Result<AttentionMap> attention_map(const Head& head, std::span<const float> features,
                                   std::span<const PlacedFeatures> places, std::size_t class_index) {
  if (class_index >= head.class_count())
    return bad_argument("the head has " + std::to_string(head.class_count()) + " classes, none is number " +
                        std::to_string(class_index));
  std::size_t placed_count = 0;
  AttentionMap attention;
  for (const PlacedFeatures& map : places) {
    placed_count += map.channel_count;
    attention.width = std::max(attention.width, std::min(map.width, kFinestGrid));
    attention.height = std::max(attention.height, std::min(map.height, kFinestGrid));
  }
  if (features.size() != head.feature_count || placed_count != head.feature_count)
    return bad_argument("the head reads " + std::to_string(head.feature_count) + " features, got " +
                        std::to_string(features.size()) + " and maps of " + std::to_string(placed_count));
  std::vector<float> read(features.begin(), features.end());
  transform_features(head.transform, head.map_sizes, read);
  LinearView view = linear_view(head, read, class_index);
  attention.bias = view.bias;
  attention.logit = view.bias + long_dot(view.weights.data(), read.data(), read.size());
  if (head.transform != FeatureTransform::kNone) {
    scale_back(features, read, view.weights);
  }
  std::vector<double> grid(attention.width * attention.height);
  std::size_t offset = 0;
  for (const PlacedFeatures& map : places) {
    const double share = 1.0 / static_cast<double>(map.height * map.width);
    for (std::size_t place = 0; place < map.height * map.width; ++place) {
      const float* at = map.values.data() + place * map.channel_count;
      const double speaks = long_dot(view.weights.data() + offset, at, map.channel_count) * share;
      spread(speaks, place % map.width, place / map.width, map, attention.width, attention.height, grid);
    }
    offset += map.channel_count;
  }
  attention.values.assign(grid.begin(), grid.end());
  return attention;
}

}  // namespace headstart
