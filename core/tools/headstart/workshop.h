// A Session with what surrounds it on the command line: pictures of class folders, and progress on a
// terminal.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "headstart/headstart.h"
#include "picture_files.h"

namespace headstart::tools {

struct Options {
  std::vector<std::string> words;
  std::vector<std::string> backbones;  // one, or several that look at once
  std::vector<double> shares;          // [backbones.size()], of several the say of each
  std::string output;
  std::string format;
  std::string strategy;          // empty where nothing is said
  std::optional<HeadKind> head;  // where the strategy leaves it open
  std::uint64_t seed = 1;
  std::int32_t input_size_px = 0;
  Precision precision = Precision::kFloat32;
  std::size_t thread_count = 1;
  PrepareOptions prepare;
  bool json = false;

  // The strategy that is said, or the usual one.
  [[nodiscard]] std::string strategy_name() const {
    if (!strategy.empty()) return strategy;
    return head ? "head" : "joined-layers";
  }
};

[[noreturn]] void fail(const std::string& message);
// The value, or the end of the program with its error.
template <typename T>
T need(Result<T> result) {
  if (!result) fail(result.error().message);
  return std::move(result).value();
}
inline void need(const Status& status) {
  if (!status) fail(status.error().message);
}

// "name" with its quotation marks, as JSON wants it.
[[nodiscard]] std::string quoted(const std::string& text);

// The bytes of the backbone, or of all of them as one.
[[nodiscard]] std::vector<std::uint8_t> backbone_of(const Options& options);

class Workshop {
 public:
  explicit Workshop(const Options& options);

  Session& session() { return session_; }

  // Takes in `folder`: a folder of pictures for each class, in the order of their names. A picture that
  // cannot be read is named and left out.
  void teach(const std::string& folder);

  // Runs a strategy up to the point where it is done: session().train_finish or tune_finish is next.
  void run(const Strategy& strategy);
  SessionReport finish(const Strategy& strategy);

  [[nodiscard]] const std::string& class_name(ClassId id) const { return class_names_.at(id); }
  // The squares that were cut from the pictures.
  [[nodiscard]] const std::map<SampleId, Picture>& kept() const { return kept_; }
  [[nodiscard]] const std::vector<std::uint8_t>& backbone_file() const { return file_; }

 private:
  void make_views();
  void step_tuning();
  void tell(const std::string& what, double fraction) const;

  const Options& options_;
  std::vector<std::uint8_t> file_;
  ComputePool pool_;
  Session session_;
  std::map<ClassId, std::string> class_names_;
  std::map<SampleId, Picture> kept_;
};

}  // namespace headstart::tools
