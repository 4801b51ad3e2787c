// Any bytes, read as a head file: refused, or a head that answers, and that is written and read again as
// itself.
#include "headstart/head.h"
#include "headstart/known.h"

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <vector>

using namespace headstart;

namespace {

void require(bool claim) {
  if (!claim) std::abort();
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const auto read = read_head_file({data, size});
  if (!read) {
    const ErrorCode code = read.error().code;
    require(code == ErrorCode::kBadFile || code == ErrorCode::kBadVersion);
    return 0;
  }
  const Head& head = read.value();
  require(head.class_count() == head.labels.size());
  const std::vector<float> embedding(head.feature_count, 0.5F);
  std::vector<float> probabilities(head.class_count());
  require(head_probabilities(head, embedding, probabilities).ok());
  require(std::ranges::all_of(probabilities, [](float each) { return std::isfinite(each); }));

  const auto written = write_head_file(head);
  require(written.ok());
  const auto read_again = read_head_file(written.value());
  require(read_again.ok() && read_again.value().labels == head.labels &&
          read_again.value().weights == head.weights && read_again.value().features == head.features &&
          read_again.value().second_look == head.second_look && read_again.value().border == head.border &&
          read_again.value().tensors.size() == head.tensors.size());
  require(read_again.value().known.has_value() == head.known.has_value());
  if (head.known) {
    require(read_again.value().known->basis == head.known->basis &&
            read_again.value().known->coordinates == head.known->coordinates &&
            read_again.value().known->features == head.known->features);
    // What was read judges, or is refused.
    const auto pool = ComputePool::create(1);
    require(pool.ok());
    auto judge = KnownJudge::restore(*head.known, {}, pool.value());
    require(judge.ok() || judge.error().code == ErrorCode::kBadFile);
    if (judge) {
      const auto known = judge.value().known(std::vector<float>(head.known->feature_count(), 0.5F));
      require(known.ok() && known.value() >= 0 && known.value() <= 1);
    }
  }

  // Whatever came in, it fits a backbone or it is said not to.
  BackboneInfo backbone;
  backbone.name = head.backbone;
  backbone.width_multiplier = "0.35";
  backbone.embedding_dim = 1280;
  const Status fits = check_head_fits(head, backbone);
  require(fits.ok() || fits.error().code == ErrorCode::kBadFile);
  return 0;
}
