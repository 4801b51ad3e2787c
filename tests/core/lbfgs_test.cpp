#include "training/logistic/lbfgs.h"

#include <doctest/doctest.h>

#include <cmath>
#include <functional>

using namespace headstart;

namespace {

using Function = std::function<double(const std::vector<double>&, std::vector<double>&)>;

class Along final : public LineFunction {
 public:
  Along(const Function& function, const std::vector<double>& point, const std::vector<double>& direction)
      : function_(function), point_(point), direction_(direction), gradient_(point.size()) {}

  LineValue at(double step) override {
    std::vector<double> place = point_;
    for (std::size_t k = 0; k < place.size(); ++k) place[k] += step * direction_[k];
    LineValue value;
    value.value = function_(place, gradient_);
    for (std::size_t k = 0; k < place.size(); ++k) value.slope += gradient_[k] * direction_[k];
    return value;
  }

 private:
  const Function& function_;
  const std::vector<double>& point_;
  const std::vector<double>& direction_;
  std::vector<double> gradient_;
};

struct Minimum {
  std::vector<double> point;
  double value = 0;
  int iteration_count = 0;
};

Minimum minimise(const Function& function, std::vector<double> start, std::size_t pair_count, int most) {
  Lbfgs lbfgs(pair_count);
  Minimum minimum{.point = std::move(start)};
  DualVector gradient{.values = std::vector<double>(minimum.point.size()), .dual = {}};
  for (; minimum.iteration_count < most; ++minimum.iteration_count) {
    minimum.value = function(minimum.point, gradient.values);
    if (inner(gradient, gradient) < 1e-20) break;
    const DualVector& direction = lbfgs.plan(gradient);
    const LineValue here{.value = minimum.value, .slope = inner(gradient, direction)};
    REQUIRE(here.slope < 0);
    Along line(function, minimum.point, direction.values);
    const double first = lbfgs.remembers() ? 1.0 : 1 / std::sqrt(inner(gradient, gradient));
    const LineResult result = search_line(line, here, first, {.curvature = 0.3});
    if (!result.found) break;
    for (std::size_t k = 0; k < minimum.point.size(); ++k)
      minimum.point[k] += result.step * direction.values[k];
    lbfgs.moved(result.step);
  }
  return minimum;
}

double rosenbrock(const std::vector<double>& x, std::vector<double>& grad) {
  double value = 0;
  std::fill(grad.begin(), grad.end(), 0.0);
  for (std::size_t k = 0; k + 1 < x.size(); k += 2) {
    const double valley = x[k + 1] - x[k] * x[k];
    const double along = 1 - x[k];
    value += 100 * valley * valley + along * along;
    grad[k] = -400 * x[k] * valley - 2 * along;
    grad[k + 1] = 200 * valley;
  }
  return value;
}

}  // namespace

TEST_CASE("L-BFGS finds the minimum of a badly scaled quadratic") {
  const Function quadratic = [](const std::vector<double>& x, std::vector<double>& grad) {
    double value = 0;
    for (std::size_t k = 0; k < x.size(); ++k) {
      const double curvature = std::pow(10.0, static_cast<double>(k) / 4);  // 1 … 10,000
      const double offset = x[k] - static_cast<double>(k);
      value += 0.5 * curvature * offset * offset;
      grad[k] = curvature * offset;
    }
    return value;
  };
  const Minimum minimum = minimise(quadratic, std::vector<double>(17, 5.0), 20, 100);
  for (std::size_t k = 0; k < 17; ++k) CHECK(minimum.point[k] == doctest::Approx(static_cast<double>(k)));
  CHECK(minimum.iteration_count < 100);
}

TEST_CASE("L-BFGS walks Rosenbrock's valley to its end") {
  const Minimum two = minimise(rosenbrock, {-1.2, 1}, 5, 200);
  CHECK(two.point[0] == doctest::Approx(1.0));
  CHECK(two.point[1] == doctest::Approx(1.0));
  CHECK(two.iteration_count < 60);
  std::vector<double> start(100, -1.2);
  for (std::size_t k = 1; k < start.size(); k += 2) start[k] = 1;
  const Minimum hundred = minimise(rosenbrock, start, 8, 400);
  CHECK(hundred.value < 1e-16);
}

TEST_CASE("a line search ends at a step that satisfies the strong Wolfe conditions") {
  // Moré & Thuente 1994, function 5.1: flat far away, with its minimum at sqrt(2).
  class Flat final : public LineFunction {
   public:
    LineValue at(double step) override {
      const double square = step * step + 2;
      return {.value = -step / square, .slope = (step * step - 2) / (square * square)};
    }
  };
  for (const double first : {1e-3, 0.1, 1.0, 10.0, 1e3}) {
    Flat function;
    const LineValue start = function.at(0);
    const LineOptions options{.sufficient_decrease = 1e-3, .curvature = 0.1};
    const LineResult result = search_line(function, start, first, options);
    REQUIRE(result.found);
    CHECK(result.at.value <= start.value + 1e-3 * result.step * start.slope);
    CHECK(std::abs(result.at.slope) <= 0.1 * std::abs(start.slope));
    CHECK(result.evaluation_count <= 12);
  }
}

TEST_CASE("a line search gives up where nothing falls, and says so") {
  class Rising final : public LineFunction {
   public:
    LineValue at(double step) override { return {.value = step, .slope = 1}; }
  };
  Rising function;
  CHECK_FALSE(search_line(function, {.value = 0, .slope = -1}, 1, {}).found);
}

TEST_CASE("in coordinates of another basis L-BFGS takes the same steps") {
  // x = B a with B = [[2, 1], [0, 1]]: values are a's coefficients, duals B^T x-vectors.
  const auto to_dual = [](double u, double v) { return std::vector<double>{2 * u, u + v}; };
  const std::vector<std::vector<double>> gradients = {{3, -1}, {1, 0.5}, {0.2, 0.1}};
  Lbfgs plain(4);
  Lbfgs dual(4);
  for (const auto& g : gradients) {
    const DualVector in_x{.values = g, .dual = {}};
    // a = B^-1 x: a1 = x1, a0 = (x0 - x1) / 2.
    const DualVector in_a{.values = {(g[0] - g[1]) / 2, g[1]}, .dual = to_dual(g[0], g[1])};
    const DualVector& expected = plain.plan(in_x);
    const DualVector& got = dual.plan(in_a);
    CHECK(2 * got.values[0] + got.values[1] == doctest::Approx(expected.values[0]));
    CHECK(got.values[1] == doctest::Approx(expected.values[1]));
    plain.moved(0.5);
    dual.moved(0.5);
  }
}

TEST_CASE("curvature that the function gains is learnt without a gradient") {
  // Of 1/2 (x0^2 + x1^2) L-BFGS learns the curvature 1; with 3 |x|^2 / 2 more, a gradient g asks for -g / 4.
  Lbfgs lbfgs(4);
  DualVector gradient{.values = {1, 1}, .dual = {}};
  lbfgs.plan(gradient);
  lbfgs.moved(0.5);
  gradient.values = {0.5, 0.5};
  lbfgs.plan(gradient);
  lbfgs.add_curvature(3, 0);
  const DualVector& direction = lbfgs.plan(gradient);
  CHECK(direction.values[0] == doctest::Approx(-0.125));
  CHECK(direction.values[1] == doctest::Approx(-0.125));
}
