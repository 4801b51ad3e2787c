// Limited-memory BFGS and a strong-Wolfe line search, apart from what they minimise.
#pragma once

#include <cstddef>
#include <deque>
#include <span>
#include <vector>

namespace headstart {

// A vector of the space in which a function is minimised. Where that space is given by coordinates in a basis
// that is not orthonormal, `dual` holds its inner products with the basis, so that inner() is the true one;
// where it is, `dual` stays empty and stands for `values`.
struct DualVector {
  std::vector<double> values;
  std::vector<double> dual;
};

[[nodiscard]] double inner(const DualVector& left, const DualVector& right);

// vector += factor * other
void add_scaled(DualVector& vector, double factor, const DualVector& other);

// A rough inverse of the Hessian, where one is known.
class RoughInverse {
 public:
  virtual void apply(std::span<float> values) const = 0;

 protected:
  ~RoughInverse() = default;
};

// Remembers how the gradient changed along the last steps and turns a gradient into a direction of descent
// (Liu & Nocedal 1989; Nocedal & Wright 2006, algorithm 7.4). The caller evaluates gradients and walks:
//   direction = lbfgs.plan(gradient); walk to point + step * direction; lbfgs.moved(step); again.
class Lbfgs {
 public:
  explicit Lbfgs(std::size_t pair_count) : pair_count_(pair_count) {}

  // The direction from where `gradient` was taken. Valid until the next call. Before the first move it is
  // -gradient; with `rough`, which needs an orthonormal basis, what that makes of it.
  const DualVector& plan(const DualVector& gradient, const RoughInverse* rough = nullptr);

  void moved(double step);

  // The function gained `increase` / 2 |x|^2 for all coordinates but the last `free_count`: what was learnt
  // about its curvature is corrected exactly (y grows by increase * s) and kept.
  void add_curvature(double increase, std::size_t free_count);

  // Forgets everything but where it stands.
  void forget();

  [[nodiscard]] bool remembers() const { return !pairs_.empty(); }

 private:
  // What is remembered only shapes the direction, never the point: half the precision is plenty and half the
  // memory traffic is felt.
  struct Rounded {
    std::vector<float> values;
    std::vector<float> dual;
  };
  struct Pair {
    Rounded step;                  // s = x' - x
    Rounded gradient_change;       // y = g' - g
    double inverse_curvature = 0;  // 1 / <s, y>
    double scale = 0;              // <s, y> / <y, y>
  };

  static double inner(const Rounded& left, const Rounded& right);
  static void add_scaled(Rounded& vector, double factor, const Rounded& other);
  static bool measure(Pair& pair);
  void remember(const DualVector& gradient);

  std::size_t pair_count_;
  std::deque<Pair> pairs_;  // oldest first
  Rounded work_;
  DualVector direction_;
  DualVector last_gradient_;
  double last_step_ = 0;  // 0: no move since the last plan
};

struct LineValue {
  double value = 0;
  double slope = 0;
};

// A function along a line, asked at one place after the other.
class LineFunction {
 public:
  virtual LineValue at(double step) = 0;

 protected:
  ~LineFunction() = default;
};

struct LineOptions {
  double sufficient_decrease = 1e-4;  // c1
  double curvature = 0.5;             // c2: the slope left over, as a part of the first one
  int most_evaluations = 20;
};

struct LineResult {
  bool found = false;  // false: nothing better than the start was found
  double step = 0;
  LineValue at;          // there
  double last_step = 0;  // where the function was asked last
  int evaluation_count = 0;
};

// A step that satisfies the strong Wolfe conditions (Nocedal & Wright 2006, algorithms 3.5 and 3.6 with cubic
// interpolation, eq. 3.59), or the best one seen when evaluations run out. `start` is the value and the
// (negative) slope at 0.
LineResult search_line(LineFunction& function, LineValue start, double first_step,
                       const LineOptions& options);

}  // namespace headstart
