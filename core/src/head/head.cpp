#include "headstart/head.h"

#include <algorithm>

#include "base/softmax.h"
#include "head/changed_tensors.h"
#include "head/known_evidence.h"
#include "head/transform.h"

namespace headstart {
namespace {

// weights [row_count, values.size()] . values + biases, summed in double precision in a fixed order.
void affine(std::span<const float> weights, std::span<const float> biases, std::span<const float> values,
            std::span<float> out) {
  constexpr std::size_t kLanes = 4;
  for (std::size_t row = 0; row < out.size(); ++row) {
    const float* weight = weights.data() + row * values.size();
    double sums[kLanes] = {0, 0, 0, 0};
    std::size_t j = 0;
    for (; j + kLanes <= values.size(); j += kLanes) {
      for (std::size_t k = 0; k < kLanes; ++k) {
        sums[k] += static_cast<double>(weight[j + k]) * static_cast<double>(values[j + k]);
      }
    }
    for (; j < values.size(); ++j) sums[0] += static_cast<double>(weight[j]) * static_cast<double>(values[j]);
    const double sum = (sums[0] + sums[1]) + (sums[2] + sums[3]);
    out[row] = static_cast<float>(sum + static_cast<double>(biases[row]));
  }
}

}  // namespace

Status head_logits(const Head& head, std::span<const float> embedding, std::span<float> logits) {
  if (embedding.size() != head.feature_count) {
    return bad_argument("head expects " + std::to_string(head.feature_count) + " features per sample, got " +
                        std::to_string(embedding.size()));
  }
  if (logits.size() != head.class_count()) {
    return bad_argument("head has " + std::to_string(head.class_count()) + " classes, got room for " +
                        std::to_string(logits.size()));
  }
  std::vector<float> transformed;
  if (head.transform != FeatureTransform::kNone) {
    transformed.assign(embedding.begin(), embedding.end());
    transform_features(head.transform, head.map_sizes, transformed);
    embedding = transformed;
  }
  if (head.hidden_biases.empty()) {
    affine(head.weights, head.biases, embedding, logits);
    return {};
  }
  std::vector<float> hidden(head.hidden_biases.size());
  affine(head.hidden_weights, head.hidden_biases, embedding, hidden);
  for (float& value : hidden) value = std::max(value, 0.0F);
  affine(head.weights, head.biases, hidden, logits);
  return {};
}

Status head_probabilities(const Head& head, std::span<const float> embedding,
                          std::span<float> probabilities) {
  if (const Status status = head_logits(head, embedding, probabilities); !status) return status;
  std::vector<double> row(probabilities.begin(), probabilities.end());
  softmax(row);
  std::transform(row.begin(), row.end(), probabilities.begin(),
                 [](double p) { return static_cast<float>(p); });
  return {};
}

Status check_head_fits(const Head& head, const BackboneInfo& backbone) {
  if (head.backbone != backbone.name) {
    return bad_file("this head was trained on the backbone \"" + head.backbone + "\", the one in use is \"" +
                    backbone.name + "\"");
  }
  if (const Status fits = check_parts_fit(head, backbone); !fits) return fits;
  return head.known ? check_known_evidence_fits(*head.known, backbone) : Status();
}

}  // namespace headstart
