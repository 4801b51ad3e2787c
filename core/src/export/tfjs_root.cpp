#include "export/tfjs_root.h"

#include <array>
#include <cmath>

namespace headstart {
namespace {

constexpr std::size_t kPointCount = 512;
constexpr double kFirstPoint = 1e-6;
constexpr double kLastPoint = 1e3;
constexpr float kLimit = 6;  // of relu6

// A vector of length L gets the length L' = L / sqrt(L^2 + kLeast^2).
constexpr float kLeast = 1e-3F;

// Point 0 is 0, the others are a constant factor apart.
double point(std::size_t index) {
  if (index == 0) return 0;
  const double part = static_cast<double>(index - 1) / static_cast<double>(kPointCount - 1);
  return kFirstPoint * std::pow(kLastPoint / kFirstPoint, part);
}

void describe_single_places(JsonObject& config, std::size_t filter_count, const char* activation,
                            const char* use_bias) {
  config.numbers("kernel_size", {1, 1}).numbers("strides", {1, 1}).text("padding", "valid");
  config.number("filters", filter_count).text("activation", activation).raw("use_bias", use_bias);
}

void describe_dense(JsonObject& config, std::size_t unit_count, const char* use_bias) {
  config.number("units", unit_count).text("activation", "linear").raw("use_bias", use_bias);
}

}  // namespace

// As a batch's normalisation whose mean is 0 and whose variance is 1.
TfjsNode tfjs_scaled(TfjsTopology& topology, const Step& step, const char* suffix, const TfjsNode& input,
                     std::span<const float> factors, std::span<const float> offsets) {
  constexpr float kEpsilon = 1e-3F;
  const std::size_t count = factors.size();
  topology.layer("BatchNormalization", step.layer, suffix).raw("axis", "-1").raw("epsilon", "0.001");
  if (topology.is_new()) {
    topology.weight("gamma", {count}, factors);
    topology.weight("beta", {count}, offsets);
    topology.weight("moving_mean", {count}, std::vector<float>(count));
    topology.weight("moving_variance", {count}, std::vector<float>(count, 1 - kEpsilon));
  }
  return topology.use(input);
}

// root(x) = sum over chords of (how far x is along it, 0 to 6) (how much the root rises on it) / 6: nothing
// is taken away again, so nothing is lost to rounding.
TfjsNode tfjs_square_root(TfjsTopology& topology, const Step& step, const TfjsNode& input) {
  const std::size_t count = step.channel_count();
  std::vector<float> factors;
  std::vector<float> offsets;
  std::vector<float> rises;
  double from = point(0);
  for (std::size_t i = 0; i < kPointCount; ++i) {
    const double to = point(i + 1);
    const double factor = static_cast<double>(kLimit) / (to - from);
    factors.push_back(static_cast<float>(factor));
    offsets.push_back(static_cast<float>(-factor * from));
    rises.push_back(static_cast<float>((std::sqrt(to) - std::sqrt(from)) / static_cast<double>(kLimit)));
    from = to;
  }
  topology.layer("Reshape", step.layer, "_places").numbers("target_shape", {count, 1, 1});
  TfjsNode at = topology.use(input);
  describe_single_places(topology.layer("Conv2D", step.layer, "_along"), kPointCount, "relu6", "true");
  if (topology.is_new()) {
    topology.weight("kernel", {1, 1, 1, kPointCount}, factors);
    topology.weight("bias", {kPointCount}, offsets);
  }
  at = topology.use(at);
  describe_single_places(topology.layer("Conv2D", step.layer, "_rise"), 1, "linear", "false");
  if (topology.is_new()) topology.weight("kernel", {1, 1, kPointCount, 1}, rises);
  at = topology.use(at);
  topology.layer("Reshape", step.layer).numbers("target_shape", {count});
  return topology.use(at);
}

// The only length that a layer divides by is that of the vectors whose angle Dot takes. With v = (u / kLeast,
// 1) and e = (0, …, 0, 1) their cosine is 1 / sqrt(|u|^2 / kLeast^2 + 1), and u / kLeast times that is u /
// |u|.
TfjsNode tfjs_normalised(TfjsTopology& topology, const Step& step, const TfjsNode& input) {
  const std::size_t count = step.channel_count();
  const std::vector<float> zeros(count);
  const TfjsNode large =
      tfjs_scaled(topology, step, "_large", input, std::vector<float>(count, 1 / kLeast), zeros);
  describe_dense(topology.layer("Dense", step.layer, "_one"), 1, "true");
  if (topology.is_new()) {
    topology.weight("kernel", {count, 1}, zeros);
    topology.weight("bias", {1}, std::array{1.0F});
  }
  const TfjsNode one = topology.use(large);
  std::vector<float> last = zeros;
  last.push_back(1);
  describe_dense(topology.layer("Dense", step.layer, "_axis"), count + 1, "false");
  if (topology.is_new()) topology.weight("kernel", {1, count + 1}, last);
  const TfjsNode axis = topology.use(one);
  topology.layer("Concatenate", step.layer, "_longer").raw("axis", "-1");
  const TfjsNode longer = topology.use(std::array{large, one});
  topology.layer("Dot", step.layer, "_cosine").raw("axes", "-1").raw("normalize", "true");
  const TfjsNode cosine = topology.use(std::array{longer, axis});
  topology.layer("Multiply", step.layer);
  return topology.use(std::array{large, cosine});
}

}  // namespace headstart
