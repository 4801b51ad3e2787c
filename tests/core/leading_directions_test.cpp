#include "training/logistic/leading_directions.h"

#include <doctest/doctest.h>

#include <vector>

#include "support/random_backbone.h"

using namespace headstart;

TEST_CASE("what varies along few directions and evenly elsewhere is inverted as it is") {
  constexpr std::size_t kFeatures = 256;
  constexpr std::size_t kRows = 7;
  // In the coordinates themselves G is diagonal: ten that stand out, all others alike.
  std::vector<double> variances(kFeatures, 1e-4);
  for (std::size_t j = 0; j < 10; ++j) variances[j * 20] = 1.0 + 0.5 * static_cast<double>(j);
  double total = 0;
  for (const double variance : variances) total += variance;

  LeadingDirections directions(kFeatures);
  std::vector<float> product(kFeatures * directions.count());
  for (bool known = false; !known;) {
    for (std::size_t k = 0; k < directions.count(); ++k) {
      for (std::size_t j = 0; j < kFeatures; ++j) {
        product[j * directions.count() + k] =
            static_cast<float>(kRows * variances[j]) * directions.vectors()[k * kFeatures + j];
      }
    }
    known = directions.improve(product, kRows, total);
  }
  REQUIRE_FALSE(directions.empty());

  test::RandomNumbers numbers(1);
  std::vector<float> values(kFeatures);
  for (float& value : values) value = numbers.next();
  const std::vector<float> before = values;
  directions.solve(2, 0.1, values);
  for (std::size_t j = 0; j < kFeatures; ++j) {
    CAPTURE(j);
    CHECK(static_cast<double>(values[j]) ==
          doctest::Approx(static_cast<double>(before[j]) / (2 * variances[j] + 0.1)).epsilon(0.01));
  }
}
