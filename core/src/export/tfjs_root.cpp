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

std::string target(std::span<const std::size_t> shape) {
  return json_numbers(shape);
}

JsonObject single_places(std::size_t filter_count, std::string_view activation, std::string_view use_bias) {
  constexpr std::array<std::size_t, 2> kOne = {1, 1};
  JsonObject config;
  config.raw("kernel_size", json_numbers(kOne)).raw("strides", json_numbers(kOne)).text("padding", "valid");
  config.number("filters", static_cast<double>(filter_count));
  return config.text("activation", activation).raw("use_bias", use_bias);
}

}  // namespace

// root(x) = sum over chords of (how far x is along it, 0 to 6) (how much the root rises on it) / 6: nothing
// is taken away again, so nothing is lost to rounding.
TfjsNode tfjs_square_root(TfjsTopology& topology, const Step& step, const TfjsNode& input) {
  const std::size_t count = step.channel_count();
  TfjsNode at = topology.use(
      "Reshape", step.layer + "_places",
      JsonObject().raw("target_shape", target(std::array<std::size_t, 3>{count, 1, 1})), std::array{input});
  at = topology.use("Conv2D", step.layer + "_along", single_places(kPointCount, "relu6", "true"),
                    std::array{at}, [&] {
                      std::vector<float> factors;
                      std::vector<float> offsets;
                      for (std::size_t i = 0; i < kPointCount; ++i) {
                        const double factor = static_cast<double>(kLimit) / (point(i + 1) - point(i));
                        factors.push_back(static_cast<float>(factor));
                        offsets.push_back(static_cast<float>(-factor * point(i)));
                      }
                      return std::vector<TfjsWeight>{{"kernel", {1, 1, 1, kPointCount}, std::move(factors)},
                                                     {"bias", {kPointCount}, std::move(offsets)}};
                    });
  at = topology.use("Conv2D", step.layer + "_rise", single_places(1, "linear", "false"), std::array{at}, [&] {
    std::vector<float> rises;
    for (std::size_t i = 0; i < kPointCount; ++i) {
      const double rise = std::sqrt(point(i + 1)) - std::sqrt(point(i));
      rises.push_back(static_cast<float>(rise / static_cast<double>(kLimit)));
    }
    return std::vector<TfjsWeight>{{"kernel", {1, 1, kPointCount, 1}, std::move(rises)}};
  });
  return topology.use("Reshape", step.layer,
                      JsonObject().raw("target_shape", target(std::array<std::size_t, 1>{count})),
                      std::array{at});
}

// The only length that a layer divides by is that of the vectors whose angle Dot takes. With v = (u / kLeast,
// 1) and e = (0, …, 0, 1) their cosine is 1 / sqrt(|u|^2 / kLeast^2 + 1), and u / kLeast times that is u /
// |u|.
TfjsNode tfjs_normalised(TfjsTopology& topology, const Step& step, const TfjsNode& input) {
  const std::size_t count = step.channel_count();
  const auto dense = [&](const char* suffix, std::size_t units, const TfjsNode& from, const auto& weights,
                         const char* use_bias) {
    const JsonObject config = JsonObject()
                                  .number("units", static_cast<double>(units))
                                  .text("activation", "linear")
                                  .raw("use_bias", use_bias);
    return topology.use("Dense", step.layer + suffix, config, std::array{from}, weights);
  };
  const auto as_large = [&] {
    constexpr float kEpsilon = 1e-3F;
    return std::vector<TfjsWeight>{{"gamma", {count}, std::vector<float>(count, 1 / kLeast)},
                                   {"beta", {count}, std::vector<float>(count)},
                                   {"moving_mean", {count}, std::vector<float>(count)},
                                   {"moving_variance", {count}, std::vector<float>(count, 1 - kEpsilon)}};
  };
  const TfjsNode large =
      topology.use("BatchNormalization", step.layer + "_large",
                   JsonObject().number("axis", -1).number("epsilon", 1e-3), std::array{input}, as_large);
  const TfjsNode one = dense(
      "_one", 1, large,
      [&] {
        return std::vector<TfjsWeight>{{"kernel", {count, 1}, std::vector<float>(count)},
                                       {"bias", {1}, {1.0F}}};
      },
      "true");
  const TfjsNode axis = dense(
      "_axis", count + 1, one,
      [&] {
        std::vector<float> kernel(count + 1);
        kernel.back() = 1;
        return std::vector<TfjsWeight>{{"kernel", {1, count + 1}, std::move(kernel)}};
      },
      "false");
  const TfjsNode longer = topology.use("Concatenate", step.layer + "_longer", JsonObject().number("axis", -1),
                                       std::array{large, one});
  const TfjsNode cosine =
      topology.use("Dot", step.layer + "_cosine", JsonObject().number("axes", -1).raw("normalize", "true"),
                   std::array{longer, axis});
  return topology.use("Multiply", step.layer, {}, std::array{large, cosine});
}

}  // namespace headstart
