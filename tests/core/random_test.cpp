#include "base/random.h"

#include <doctest/doctest.h>

#include <algorithm>
#include <cmath>
#include <numeric>

#include "base/softmax.h"
#include "samples/folds.h"

using namespace headstart;

TEST_CASE("the same seed gives the same numbers on every machine") {
  // From the reference implementation: splitmix64(1) fills the state of xoshiro256**.
  Random random(1);
  CHECK(random.next() == 0xB3F2AF6D0FC710C5u);
  CHECK(random.next() == 0x853B559647364CEAu);
  CHECK(random.next() == 0x92F89756082A4514u);
}

TEST_CASE("each stream of a seed draws numbers of its own, and stream 0 is the seed itself") {
  Random plain(1);
  Random same(1, 0);
  Random first(1, 1);
  Random second(1, 2);
  for (int i = 0; i < 100; ++i) {
    const std::uint64_t number = plain.next();
    const std::uint64_t other = first.next();
    CHECK(same.next() == number);
    CHECK(other != number);
    CHECK(second.next() != other);
  }
}

TEST_CASE("numbers below a bound are all there and evenly so") {
  Random random(7);
  std::vector<int> counts(10);
  for (int i = 0; i < 100000; ++i) ++counts[random.below(10)];
  for (const int count : counts) CHECK(std::abs(count - 10000) < 500);
}

TEST_CASE("truncated normal numbers have the mean and deviation that theory gives") {
  Random random(3);
  double sum = 0;
  double square = 0;
  for (int i = 0; i < 100000; ++i) {
    const double value = random.truncated_normal();
    REQUIRE(std::abs(value) < 2);
    sum += value;
    square += value * value;
  }
  CHECK(std::abs(sum / 100000) < 0.01);
  CHECK(std::sqrt(square / 100000) == doctest::Approx(0.8796).epsilon(0.01));
}

TEST_CASE("a shuffle keeps every element") {
  Random random(5);
  std::vector<std::uint32_t> values(100);
  std::iota(values.begin(), values.end(), 0u);
  shuffle(values, random);
  CHECK_FALSE(std::is_sorted(values.begin(), values.end()));
  std::sort(values.begin(), values.end());
  for (std::uint32_t i = 0; i < 100; ++i) CHECK(values[i] == i);
}

TEST_CASE("our exponential and logarithm agree with the C library's") {
  for (double x = -700; x < 700; x += 0.37) {
    CHECK(exponential(x) == doctest::Approx(std::exp(x)).epsilon(4e-15));
  }
  CHECK(exponential(0) == 1);
  CHECK(exponential(-1e9) == 0);
  for (double x = 1e-300; x < 1e300; x *= 3.7)
    CHECK(logarithm(x) == doctest::Approx(std::log(x)).epsilon(4e-15));
  CHECK(logarithm(1) == 0);
}

TEST_CASE("softmax sums to one, also for huge logits") {
  std::vector<double> row = {1e6, 1e6 - 1, -1e6};
  softmax(row);
  CHECK(row[0] == doctest::Approx(1 / (1 + std::exp(-1.0))));
  CHECK(row[2] < 1e-300);
}

TEST_CASE("folds hold out every sample once and each class evenly") {
  std::vector<std::uint32_t> classes;
  for (std::uint32_t i = 0; i < 47; ++i) classes.push_back(i < 30 ? 0 : 1);
  const Folds folds = stratified_folds(classes, 2, 5, 1);
  REQUIRE(folds.fold_count == 5);
  std::vector<std::vector<int>> counts(2, std::vector<int>(5));
  for (std::size_t i = 0; i < classes.size(); ++i) ++counts[classes[i]][folds.fold_of_row[i]];
  for (const auto& of_class : counts) {
    const auto [least, most] = std::minmax_element(of_class.begin(), of_class.end());
    CHECK(*most - *least <= 1);
  }
}

TEST_CASE("a class of one sample is never held out") {
  const std::vector<std::uint32_t> classes = {0, 0, 0, 1};
  const Folds folds = stratified_folds(classes, 2, 5, 1);
  CHECK(folds.fold_count == 3);
  CHECK(folds.fold_of_row[3] == kNeverHeldOut);
}

TEST_CASE("without a class of two samples there are no folds") {
  CHECK(stratified_folds(std::vector<std::uint32_t>{0, 1, 2}, 3, 5, 1).fold_count == 0);
  CHECK(stratified_folds(std::vector<std::uint32_t>{0, 0, 1, 1}, 2, 1, 1).fold_count == 0);
}

TEST_CASE("a fold holds neighbours out, all around a circle that begins anywhere") {
  for (const std::size_t count : {10U, 23U, 4U}) {
    const std::vector<std::uint32_t> classes(count, 0);
    const Folds folds = stratified_folds(classes, 1, 5, 7);
    std::size_t borders = 0;
    for (std::size_t i = 0; i < count; ++i) {
      borders += folds.fold_of_row[i] != folds.fold_of_row[(i + 1) % count] ? 1 : 0;
    }
    CHECK(borders == folds.fold_count);
  }
}

// Ten things, each filmed for ten frames that are almost the same; which class a thing has is pure chance.
TEST_CASE("frames of one film do not pretend that new things are known") {
  Random random(3);
  std::vector<std::uint32_t> classes;
  std::vector<std::vector<float>> rows;
  for (std::uint32_t thing = 0; thing < 20; ++thing) {
    std::vector<float> looks(64);
    for (float& x : looks) x = static_cast<float>(random.uniform());
    for (int frame = 0; frame < 10; ++frame) {
      rows.push_back(looks);
      for (float& x : rows.back()) x += static_cast<float>(0.01 * random.uniform());
      classes.push_back(thing < 10 ? 0 : 1);
    }
  }
  const Folds folds = stratified_folds(classes, 2, 5, 1);
  // The nearest picture that is learnt from names a held-out one.
  std::size_t right = 0;
  for (std::size_t i = 0; i < rows.size(); ++i) {
    double nearest = 1e30;
    std::uint32_t answer = 0;
    for (std::size_t j = 0; j < rows.size(); ++j) {
      if (folds.fold_of_row[i] == folds.fold_of_row[j]) continue;
      double distance = 0;
      for (std::size_t k = 0; k < 64; ++k) {
        const double difference = static_cast<double>(rows[i][k]) - static_cast<double>(rows[j][k]);
        distance += difference * difference;
      }
      if (distance < nearest) nearest = distance, answer = classes[j];
    }
    right += answer == classes[i] ? 1 : 0;
  }
  // Dealt at random, all 200 were right. What is left are the films that a border between folds cuts.
  CHECK(right < 170);
}

TEST_CASE("another seed deals other folds") {
  const std::vector<std::uint32_t> classes(50, 0);
  CHECK(stratified_folds(classes, 1, 5, 1).fold_of_row == stratified_folds(classes, 1, 5, 1).fold_of_row);
  CHECK(stratified_folds(classes, 1, 5, 1).fold_of_row != stratified_folds(classes, 1, 5, 2).fold_of_row);
}
