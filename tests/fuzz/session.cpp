// A head file with changes, or any bytes, given to a session that has learnt: refused, and then classes, head
// and answers are what they were; or taken up, and then it answers with finite numbers, and the old head can
// come back.
#include "headstart/session.h"

#include <array>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <string>
#include <utility>
#include <vector>

#include "edits.h"
#include "support/random_backbone.h"

using namespace headstart;
using fuzz::Bytes;
using fuzz::require;

namespace {

constexpr std::int32_t kSide = 64;

// A slope to the right (kind 0) or down (kind 1).
Bytes draw(int kind, int number) {
  Bytes rgba(static_cast<std::size_t>(kSide) * kSide * 4, 255);
  for (std::int32_t y = 0; y < kSide; ++y) {
    for (std::int32_t x = 0; x < kSide; ++x) {
      const std::int32_t along = kind == 0 ? x : y;
      rgba[static_cast<std::size_t>(y * kSide + x) * 4] =
          static_cast<std::uint8_t>((along * 3 + number * 5) & 255);
      rgba[static_cast<std::size_t>(y * kSide + x) * 4 + 1] = static_cast<std::uint8_t>(kind * 100);
    }
  }
  return rgba;
}

FrameView view(const Bytes& rgba) {
  return {rgba, kSide, kSide, 0};
}

struct Seen {
  std::vector<std::string> classes;
  Bytes head;
  std::vector<ClassId> answered;
  std::vector<float> probabilities;
  double known = 0;

  bool operator==(const Seen&) const = default;
};

// A session that has learnt two classes, with as many pictures as judging what is none of them takes.
class Learnt {
 public:
  Learnt() : pool_(make_pool()), session_(open(backbone_, pool_)) {
    for (int kind = 0; kind < 2; ++kind) {
      ids_.push_back(session_.samples().add_class(kind == 0 ? "across" : "down"));
      for (int number = 0; number < 6; ++number) {
        require(session_.add_sample(ids_.back(), view(draw(kind, number)), {}).ok());
      }
    }
    require(session_.train_begin({}).ok());
    for (;;) {
      const auto progress = session_.train_step();
      require(progress.ok());
      if (progress.value().done) break;
    }
    require(session_.train_finish().ok());
    head_ = file();
  }

  [[nodiscard]] const Bytes& head() const { return head_; }

  Seen seen() {
    Seen seen;
    for (const ClassInfo& each : session_.samples().classes()) seen.classes.push_back(each.name);
    seen.head = file();
    require(session_.embed_for_ranking(view(question_), {}).ok());
    auto ranking = session_.rank();
    require(ranking.ok());
    seen.answered = std::move(ranking.value().class_ids);
    seen.probabilities = std::move(ranking.value().probabilities);
    double sum = 0;
    for (const float each : seen.probabilities) {
      require(std::isfinite(each));
      sum += static_cast<double>(each);
    }
    require(std::abs(sum - 1) < 1e-3);
    seen.known = ranking.value().known;
    require(seen.known >= 0 && seen.known <= 1);
    return seen;
  }

  // As the page does: a class for each row, those of the same names first.
  Status take(const Bytes& bytes) {
    const auto info = session_.read_head(bytes);
    if (!info) return info.error();
    std::vector<ClassId> rows;
    std::vector<ClassId> added;
    for (std::size_t row = 0; row < info.value().labels.size(); ++row) {
      if (row < ids_.size()) {
        rows.push_back(ids_[row]);
      } else {
        added.push_back(session_.samples().add_class("more " + std::to_string(row)));
        rows.push_back(added.back());
      }
    }
    const Status adopted = session_.adopt_head(rows, backbone_);
    if (adopted.ok()) (void)seen();  // it answers
    for (const ClassId id : added) require(session_.samples().remove_class(id).ok());
    if (!adopted) return adopted;
    const auto back = session_.read_head(head_);
    require(back.ok() && session_.adopt_head(ids_, backbone_).ok());
    return adopted;
  }

 private:
  static ComputePool make_pool() {
    auto pool = ComputePool::create(1);
    require(pool.ok());
    return std::move(pool).value();
  }
  static Session open(const Bytes& backbone, const ComputePool& pool) {
    auto session = Session::open(backbone, 0, pool);
    require(session.ok());
    return std::move(session).value();
  }
  Bytes file() {
    auto bytes = session_.head_file();
    require(bytes.ok());
    return std::move(bytes).value();
  }

  Bytes backbone_ = test::make_random_backbone({.width_multiplier = "0.1", .input_size_px = 96});
  ComputePool pool_;
  Session session_;
  std::vector<ClassId> ids_;
  Bytes question_ = draw(0, 7);
  Bytes head_;
};

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  static Learnt learnt;
  static const std::array<Bytes, 1> files = {learnt.head()};
  static const Seen before = learnt.seen();
  const Status taken = learnt.take(fuzz::edited(files, {data, size}));
  if (!taken) {
    const ErrorCode code = taken.error().code;
    require(code == ErrorCode::kBadFile || code == ErrorCode::kBadVersion ||
            code == ErrorCode::kTooFewSamples || code == ErrorCode::kNotTrained);
  }
  require(learnt.seen() == before);
  return 0;
}
