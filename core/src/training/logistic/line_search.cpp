#include <algorithm>
#include <cmath>

#include "training/logistic/lbfgs.h"

namespace headstart {
namespace {

struct Place {
  double step = 0;
  LineValue at;
};

// The minimiser of the cubic through the values and slopes at two places (Nocedal & Wright 2006, eq. 3.59),
// kept a tenth of the interval away from its ends.
double between(const Place& a, const Place& b) {
  const double width = b.step - a.step;
  const double d1 = a.at.slope + b.at.slope - 3 * (a.at.value - b.at.value) / (a.step - b.step);
  const double square = d1 * d1 - a.at.slope * b.at.slope;
  double step = a.step + 0.5 * width;
  if (square >= 0) {
    const double d2 = std::copysign(std::sqrt(square), width);
    const double candidate = b.step - width * (b.at.slope + d2 - d1) / (b.at.slope - a.at.slope + 2 * d2);
    if (std::isfinite(candidate)) step = candidate;
  }
  const double low = std::min(a.step, b.step) + 0.1 * std::abs(width);
  const double high = std::max(a.step, b.step) - 0.1 * std::abs(width);
  return std::clamp(step, low, high);
}

class Search {
 public:
  Search(LineFunction& function, LineValue start, const LineOptions& options)
      : function_(function), start_{.step = 0, .at = start}, options_(options) {}

  LineResult run(double first_step) {
    Place last = start_;
    double step = first_step;
    while (evaluation_count_ < options_.most_evaluations) {
      const Place here = ask(step);
      if (!decreases(here) || (last.step > 0 && here.at.value >= last.at.value)) return zoom(last, here);
      if (is_flat(here)) return result(here);
      if (here.at.slope >= 0) return zoom(here, last);
      last = here;
      step = 2.5 * step;
    }
    return result(last);
  }

 private:
  Place ask(double step) {
    ++evaluation_count_;
    last_step_ = step;
    return {.step = step, .at = function_.at(step)};
  }

  // The first Wolfe condition. Close to the minimum the decrease drowns in the rounding of the value, while
  // the slope is still exact: there a slope that has not turned far counts as well (Hager & Zhang 2005, the
  // approximate Wolfe conditions).
  [[nodiscard]] bool decreases(const Place& place) const {
    if (!std::isfinite(place.at.value)) return false;
    const double c1 = options_.sufficient_decrease;
    if (place.at.value <= start_.at.value + c1 * place.step * start_.at.slope) return true;
    const bool same_value = std::abs(place.at.value - start_.at.value) <= 1e-13 * std::abs(start_.at.value);
    return same_value && place.at.slope <= (2 * c1 - 1) * start_.at.slope;
  }

  [[nodiscard]] bool is_flat(const Place& place) const {
    return std::abs(place.at.slope) <= -options_.curvature * start_.at.slope;
  }

  // `low` has the least value of those that decrease enough; a good step lies between it and `high`.
  LineResult zoom(Place low, Place high) {
    while (evaluation_count_ < options_.most_evaluations) {
      const bool usable = std::isfinite(high.at.value) && std::isfinite(high.at.slope);
      const double step = usable ? between(low, high) : low.step + 0.1 * (high.step - low.step);
      const Place here = ask(step);
      if (!decreases(here) || here.at.value >= low.at.value) {
        if (decreases(here) && is_flat(here)) return result(here);
        high = here;
      } else {
        if (is_flat(here)) return result(here);
        if (here.at.slope * (high.step - low.step) >= 0) high = low;
        low = here;
      }
    }
    return result(low);
  }

  [[nodiscard]] LineResult result(const Place& place) const {
    return {.found = place.step > 0,
            .step = place.step,
            .at = place.at,
            .last_step = last_step_,
            .evaluation_count = evaluation_count_};
  }

  LineFunction& function_;
  Place start_;
  LineOptions options_;
  int evaluation_count_ = 0;
  double last_step_ = 0;
};

}  // namespace

LineResult search_line(LineFunction& function, LineValue start, double first_step,
                       const LineOptions& options) {
  return Search(function, start, options).run(first_step);
}

}  // namespace headstart
