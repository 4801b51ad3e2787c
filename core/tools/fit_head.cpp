// Fits a head to embeddings and answers for others: what tests/wasm holds the WebAssembly builds against.
//
//   fit_head FILE L2 SEED [THREADS=1]
//
// FILE, little-endian: sample_count, feature_count, class_count, query_count (u32 each); the samples' class
// indices (u32); the samples' and then the queries' embeddings (f32, row-major). Prints the probabilities of
// each query, one line each.
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <string>
#include <utility>
#include <vector>

#include "headstart/headstart.h"

namespace {

using namespace headstart;

[[noreturn]] void fail(const std::string& message) {
  std::fprintf(stderr, "fit_head: %s\n", message.c_str());
  std::exit(1);
}

template <typename T>
T need(Result<T> result) {
  if (!result) fail(result.error().message);
  return std::move(result).value();
}

class Input {
 public:
  explicit Input(const char* path) : file_(std::fopen(path, "rb")) {
    if (file_ == nullptr) fail(std::string("cannot read ") + path);
  }
  ~Input() { std::fclose(file_); }
  Input(const Input&) = delete;
  Input& operator=(const Input&) = delete;

  template <typename T>
  std::vector<T> read(std::size_t count) {
    std::vector<T> values(count);
    if (std::fread(values.data(), sizeof(T), count, file_) != count) fail("the file is shorter than it says");
    return values;
  }

 private:
  std::FILE* file_;
};

}  // namespace

int main(int argument_count, char** arguments) {
  if (argument_count < 4) fail("usage: fit_head FILE L2 SEED [THREADS=1]");
  Input input(arguments[1]);
  const std::vector<std::uint32_t> counts = input.read<std::uint32_t>(4);
  const std::size_t feature_count = counts[1];
  const std::vector<std::uint32_t> class_indices = input.read<std::uint32_t>(counts[0]);
  const std::vector<float> samples = input.read<float>(counts[0] * feature_count);
  const std::vector<float> queries = input.read<float>(counts[3] * feature_count);

  SampleStore store(feature_count);
  std::vector<ClassId> class_ids;
  for (std::uint32_t i = 0; i < counts[2]; ++i) class_ids.push_back(store.add_class(std::to_string(i)));
  for (std::size_t i = 0; i < class_indices.size(); ++i) {
    need(store.add_sample(class_ids.at(class_indices[i]),
                          std::span(samples).subspan(i * feature_count, feature_count)));
  }
  TrainOptions options;
  options.l2 = std::strtod(arguments[2], nullptr);
  options.seed = std::strtoull(arguments[3], nullptr, 10);
  const std::size_t thread_count = argument_count > 4 ? std::strtoull(arguments[4], nullptr, 10) : 1;
  const ComputePool pool = need(ComputePool::create(thread_count));
  Trainer trainer = need(Trainer::start(store.training_set(), store.classes(), options, pool));
  while (!need(trainer.step()).done) continue;

  std::vector<float> probabilities(trainer.head().class_count());
  for (std::size_t i = 0; i < counts[3]; ++i) {
    const Status status = head_probabilities(
        trainer.head(), std::span(queries).subspan(i * feature_count, feature_count), probabilities);
    if (!status) fail(status.error().message);
    for (const float probability : probabilities) std::printf("%.9g ", static_cast<double>(probability));
    std::printf("\n");
  }
  return 0;
}
