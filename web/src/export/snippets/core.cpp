// Headstart's own core in C++. In CMakeLists.txt: add_subdirectory(headstart), then
// target_link_libraries(program headstart_core).
//   program backbone.safetensors head.safetensors picture.ppm
// "backbones/builtin.safetensors" of the page is the built-in backbone. A .ppm is a picture that needs no
// library to be read.
#include <cstdint>
#include <cstdio>
#include <fstream>
#include <iterator>
#include <vector>

#include "headstart/headstart.h"

using namespace headstart;

static std::vector<std::uint8_t> read_file(const char* path) {
  std::ifstream file(path, std::ios::binary);
  return {std::istreambuf_iterator<char>(file), std::istreambuf_iterator<char>()};
}

static int stop(const Error& error) {
  std::fprintf(stderr, "%s\n", error.message.c_str());
  return 1;
}

int main(int word_count, char** words) {
  if (word_count != 4) return stop({ErrorCode::kBadArgument, "expected a backbone, a head and a picture"});
  const auto backbone = read_file(words[1]);
  const auto pool = ComputePool::create(1);
  if (!pool) return stop(pool.error());
  auto session = Session::open(backbone, 0, pool.value());
  if (!session) return stop(session.error());
  const auto head = session.value().read_head(read_file(words[2]));
  if (!head) return stop(head.error());
  std::vector<ClassId> ids;
  for (const auto& label : head.value().labels) ids.push_back(session.value().samples().add_class(label));
  if (const auto taken = session.value().adopt_head(ids, backbone); !taken) return stop(taken.error());

  std::ifstream file(words[3], std::ios::binary);
  char kind[3] = {};
  int width = 0, height = 0, most = 0;
  file.get(kind, 3) >> width >> height >> most;
  if (kind[1] != '6' || most != 255 || width < 1 || height < 1 || width > 16384 || height > 16384)
    return stop({ErrorCode::kBadFile, "expected a binary .ppm picture"});
  file.get();
  std::vector<std::uint8_t> rgba;
  for (int i = 0; i < width * height; i++) {
    for (int channel = 0; channel < 3; channel++) rgba.push_back(static_cast<std::uint8_t>(file.get()));
    rgba.push_back(255);
  }

  // Cut and resized as the page does.
  if (const auto read = session.value().embed_for_ranking({rgba, width, height, 0}, {}); !read)
    return stop(read.error());
  const auto ranking = session.value().rank();
  if (!ranking) return stop(ranking.error());
  for (std::size_t i = 0; i < ids.size(); i++)
    std::printf("%s %.4f\n", head.value().labels[i].c_str(),
                static_cast<double>(ranking.value().probabilities[i]));
  if (ranking.value().known < 0.5) std::puts("none of these");
}
