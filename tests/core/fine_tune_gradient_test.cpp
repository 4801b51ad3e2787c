// The whole network's gradients against PyTorch's autograd (tests/golden/gradients/make_gradients.py).
#include <doctest/doctest.h>

#include <algorithm>
#include <cmath>
#include <cstring>
#include <string>
#include <vector>

#include "files/safetensors.h"
#include "fine_tune/loss.h"
#include "fine_tune/trained_network.h"
#include "network/mobilenet_v2.h"
#include "support/files.h"
#include "support/split_mix.h"

using namespace headstart;

namespace {

constexpr std::uint64_t kSeed = 20261123;
constexpr std::int32_t kInputSize = 37;
constexpr std::size_t kPictures = 2;
constexpr std::size_t kClasses = 3;

std::size_t count_of(const std::vector<std::size_t>& shape) {
  std::size_t count = 1;
  for (const std::size_t side : shape) count *= side;
  return count;
}

std::vector<float> random_values(std::uint64_t stream, std::size_t count, double bound) {
  test::SplitMix rng(kSeed, stream);
  std::vector<float> values(count);
  for (float& value : values) value = static_cast<float>((2 * rng.uniform() - 1) * bound);
  return values;
}

// The names and shapes of the script's small network, in its order.
std::vector<std::pair<std::string, std::vector<std::size_t>>> tensor_shapes() {
  std::vector<std::pair<std::string, std::vector<std::size_t>>> shapes{{"stem.weight", {8, 3, 3, 3}},
                                                                       {"stem.bias", {8}}};
  for (std::size_t i = 0; i < 17; ++i) {
    const std::string prefix = "blocks." + std::to_string(i) + ".";
    const std::size_t inner = i == 0 ? 8 : 24;
    if (i > 0) {
      shapes.push_back({prefix + "expand.weight", {24, 1, 1, 8}});
      shapes.push_back({prefix + "expand.bias", {24}});
    }
    shapes.push_back({prefix + "depthwise.weight", {3, 3, inner}});
    shapes.push_back({prefix + "depthwise.bias", {inner}});
    shapes.push_back({prefix + "project.weight", {8, 1, 1, inner}});
    shapes.push_back({prefix + "project.bias", {8}});
  }
  shapes.push_back({"last.weight", {16, 1, 1, 8}});
  shapes.push_back({"last.bias", {16}});
  shapes.push_back({"head.weight", {kClasses, 16}});
  shapes.push_back({"head.bias", {kClasses}});
  return shapes;
}

std::vector<float> tensor_values(std::size_t stream) {
  const auto [name, shape] = tensor_shapes()[stream];
  std::size_t fan_in = 9;
  if (name.find("depthwise") == std::string::npos) fan_in = count_of(shape) / shape[0];
  const bool bias = name.ends_with("bias");
  const double bound = bias ? 0.5 : 1.3 * std::sqrt(3.0 / static_cast<double>(fan_in));
  return random_values(stream, count_of(shape), bound);
}

// MobileNetV2's table with the script's channels, each block of stride 1 with its input added.
Network script_network() {
  const auto shapes = tensor_shapes();
  Network table = mobilenet_v2(1.0, kInputSize);
  Network network;
  for (const Block& block : table.blocks) {
    const std::size_t begin = network.layers.size();
    std::size_t stride = 1;
    for (std::size_t i = block.begin; i < block.end; ++i) {
      Layer& layer = table.layers[i];
      if (layer.kind == LayerKind::kAdd) continue;
      if (begin > 0 && i == block.begin) layer.inputs = {network.layers.back().name};
      stride *= layer.stride;
      network.layers.push_back(layer);
    }
    const bool is_inner = block.name.starts_with("blocks.");
    if (is_inner && stride == 1) {
      Layer add;
      add.name = block.name + ".add";
      add.kind = LayerKind::kAdd;
      add.inputs = {network.layers[begin].inputs[0], network.layers.back().name};
      network.layers.push_back(add);
    }
    network.blocks.push_back({block.name, begin, network.layers.size(), true});
  }
  for (std::size_t i = 0; i + 2 < shapes.size(); ++i) {
    for (Layer& layer : network.layers) {
      if (shapes[i].first == layer.name + ".weight") {
        layer.output.channel_count =
            layer.kind == LayerKind::kConvolution ? shapes[i].second[0] : shapes[i].second[2];
        layer.weights = make_tensor(shapes[i].first, shapes[i].second, tensor_values(i)).value();
      }
      if (shapes[i].first == layer.name + ".bias") {
        layer.biases = make_tensor(shapes[i].first, shapes[i].second, tensor_values(i)).value();
      }
    }
  }
  const Status fitted = fit_network(network, kInputSize);
  if (!fitted.ok()) MESSAGE(fitted.error().message);
  REQUIRE(fitted.ok());
  REQUIRE(check_tensors(network).ok());
  return network;
}

std::vector<double> golden(const SafetensorsView& file, const char* name) {
  const TensorView* tensor = file.find(name);
  REQUIRE(tensor != nullptr);
  std::vector<double> values(tensor->element_count());
  std::memcpy(values.data(), tensor->bytes.data(), tensor->bytes.size());
  return values;
}

// The small network with the script's weights, all of it trained, `piece_size` pictures at once.
TrainedNetwork small_network(const ComputePool& pool, std::size_t piece_size) {
  FineTuneOptions options;
  options.part = TrainedPart::kWholeNetwork;
  auto plan = make_fine_tune_plan(script_network(), options, kClasses);
  if (!plan.ok()) MESSAGE(plan.error().message);
  REQUIRE(plan.ok());
  CHECK(plan.value().border() == "input");
  const std::size_t head = plan.value().head_weights();
  restart_parameter(plan.value().parameters[head], tensor_values(head));
  restart_parameter(plan.value().parameters[head + 1], tensor_values(head + 1));
  auto network = TrainedNetwork::create(std::move(plan).value(), piece_size, std::size_t{1} << 30U, pool);
  REQUIRE(network.ok());
  return std::move(network).value();
}

// Runs the script's two pictures in pieces of `piece_size`; returns the loss.
double run_pictures(TrainedNetwork& network, std::size_t piece_size, std::vector<float>& logits) {
  const std::size_t size = static_cast<std::size_t>(kInputSize * kInputSize) * 3;
  const std::vector<float> pictures = random_values(1000, kPictures * size, 1.0);
  const std::uint32_t classes[kPictures] = {2, 0};
  const float class_weights[kClasses] = {0.5F, 1.0F, 1.5F};
  double loss = 0;
  for (std::size_t begin = 0; begin < kPictures; begin += piece_size) {
    for (std::size_t i = 0; i < piece_size; ++i) {
      const auto from = pictures.begin() + static_cast<std::ptrdiff_t>((begin + i) * size);
      std::copy_n(from, size, network.input(i).begin());
    }
    REQUIRE(network.forward(piece_size).ok());
    const auto piece_logits = network.logits().first(piece_size * kClasses);
    logits.insert(logits.end(), piece_logits.begin(), piece_logits.end());
    loss += cross_entropy(piece_logits, std::span(classes).subspan(begin, piece_size), class_weights,
                          1.0F / kPictures, network.grad_logits().first(piece_size * kClasses));
    const Accumulate accumulate = begin == 0 ? Accumulate::kReplace : Accumulate::kAdd;
    REQUIRE(network.backward(piece_size, accumulate).ok());
  }
  return loss / kPictures;
}

}  // namespace

TEST_CASE("the whole network's gradients agree with autograd, in one piece or several, on any threads") {
  const auto bytes = test::read_file(HEADSTART_REPOSITORY "/tests/golden/gradients/gradients.safetensors");
  REQUIRE(bytes.has_value());
  const auto file = SafetensorsView::parse(*bytes);
  REQUIRE(file.ok());
  const auto expected_logits = golden(file.value(), "logits");
  const auto sums = golden(file.value(), "sums");
  const auto lengths = golden(file.value(), "lengths");
  const auto products = golden(file.value(), "products");

  for (const std::size_t piece_size : {std::size_t{2}, std::size_t{1}}) {
    const auto pool = ComputePool::create(1);
    REQUIRE(pool.ok());
    TrainedNetwork network = small_network(pool.value(), piece_size);
    std::vector<float> logits;
    const double loss = run_pictures(network, piece_size, logits);
    CHECK(loss == doctest::Approx(golden(file.value(), "loss")[0]).epsilon(1e-5));
    for (std::size_t i = 0; i < logits.size(); ++i) {
      CHECK(static_cast<double>(logits[i]) == doctest::Approx(expected_logits[i]).epsilon(1e-4));
    }
    REQUIRE(network.parameters().size() == lengths.size());
    for (std::size_t i = 0; i < lengths.size(); ++i) {
      const Parameter& parameter = network.parameters()[i];
      CAPTURE(parameter.name);
      const std::vector<float> other = random_values(2000 + i, parameter.element_count(), 1.0);
      double sum = 0;
      double squares = 0;
      double product = 0;
      for (std::size_t j = 0; j < other.size(); ++j) {
        const double grad = static_cast<double>(parameter.grad.data()[j]);
        sum += grad;
        squares += grad * grad;
        product += grad * static_cast<double>(other[j]);
      }
      const double tolerance = 1e-4 * lengths[i] * std::sqrt(static_cast<double>(other.size()));
      CHECK(std::abs(std::sqrt(squares) - lengths[i]) < 1e-4 * lengths[i]);
      CHECK(std::abs(sum - sums[i]) < tolerance);
      CHECK(std::abs(product - products[i]) < tolerance);
    }
  }
}
