// What a fine-tuning run is made of, and the file that its tensors make.
#include <doctest/doctest.h>

#include <vector>

#include "files/safetensors.h"
#include "fine_tune/map_cache.h"
#include "fine_tune/optimiser.h"
#include "headstart/backbone.h"
#include "headstart/fine_tuner.h"
#include "network/network_file.h"
#include "support/random_backbone.h"

using namespace headstart;

TEST_CASE("the learning rate warms up, then falls to nothing") {
  CHECK(learning_rate_factor(0, 100, 0.1) == doctest::Approx(0.1));
  CHECK(learning_rate_factor(9, 100, 0.1) == doctest::Approx(1.0));
  CHECK(learning_rate_factor(55, 100, 0.1) == doctest::Approx(0.5));
  CHECK(learning_rate_factor(99, 100, 0.1) < 0.01);
}

TEST_CASE("maps beyond the cache's budget stay until they were used") {
  MapCache cache(3, 8, 40);
  const std::vector<float> map(8, 1.5F);
  for (std::uint32_t view = 0; view < 3; ++view) REQUIRE(cache.put(view, map).ok());
  CHECK(cache.has(2));
  std::vector<float> back(8);
  cache.read(2, 0, back);
  CHECK(back == map);
  cache.forget_passing();
  CHECK(cache.has(1));
  CHECK_FALSE(cache.has(2));
  CHECK(cache.bytes() == 32);
}

TEST_CASE("a backbone with changed tensors can be loaded, whether its file is of float32 or of float16") {
  const auto pool = ComputePool::create(1);
  REQUIRE(pool.ok());
  for (const DType dtype : {DType::kF32, DType::kF16}) {
    const auto file =
        test::make_random_backbone({.width_multiplier = "0.1", .input_size_px = 96, .dtype = dtype});
    const auto view = SafetensorsView::parse(file);
    REQUIRE(view.ok());
    const TensorView* bias = view.value().find("last.bias");
    REQUIRE(bias != nullptr);
    const ChangedTensor changed{"last.bias", bias->shape, std::vector<float>(bias->element_count(), 0.1F)};
    const auto network = read_network(file);
    REQUIRE(network.ok());
    auto with_changes = with_tensors(network.value(), std::vector{changed});
    REQUIRE(with_changes.ok());
    const auto loaded = Backbone::from_network(std::move(with_changes).value(), {}, pool.value());
    if (!loaded.ok()) MESSAGE(loaded.error().message);
    CHECK(loaded.ok());
    const std::vector<ChangedTensor> elsewhere{{"blocks.99.bias", {1}, {1.0F}}};
    CHECK(with_tensors(network.value(), elsewhere).error().code == ErrorCode::kBadArgument);
  }
}
