// Where the time of a network goes, as XNNPACK notes it itself.
#include <xnnpack.h>

#include "backbone/graph_builder.h"

namespace headstart {

std::vector<OperatorTime> GraphRuntime::operator_times() const {
  std::size_t size = 0;
  std::size_t count = 0;
  const auto ask = [&](xnn_profile_info what, std::size_t room, void* out) {
    return xnn_get_runtime_profiling_info(runtime_.get(), what, room, out, &size) == xnn_status_success;
  };
  if (!ask(xnn_profile_info_num_operators, sizeof(count), &count)) return {};
  std::vector<std::uint64_t> microseconds(count);
  if (!ask(xnn_profile_info_operator_timing, count * sizeof(std::uint64_t), microseconds.data())) return {};
  (void)ask(xnn_profile_info_operator_name, 0, nullptr);  // says how much room they take
  std::string names(size, '\0');
  if (!ask(xnn_profile_info_operator_name, names.size(), names.data())) return {};
  std::vector<OperatorTime> times;
  const char* name = names.data();  // one behind the other, each with a zero at its end
  for (const std::uint64_t each : microseconds) {
    times.push_back({name, static_cast<double>(each) / 1000});
    name += times.back().name.size() + 1;
  }
  return times;
}

}  // namespace headstart
