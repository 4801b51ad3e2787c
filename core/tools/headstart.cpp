// The core on the command line: looks into backbone files, embeds pictures, answers from a trained head.
// Pictures are binary PPM files (P6, 8 bits), which any image program writes; everything else is the same
// code as in the page.
#include <algorithm>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <fstream>
#include <iterator>
#include <numeric>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "headstart/headstart.h"

namespace {

using headstart::Backbone;

constexpr std::string_view kUsage =
    "headstart info BACKBONE.safetensors  what a backbone file says about itself\n"
    "headstart embed BACKBONE.safetensors PICTURE.ppm…  one line of numbers for each picture\n"
    "headstart predict BACKBONE.safetensors HEAD.safetensors PICTURE.ppm…  probabilities, highest first\n"
    "options: --size PX (input size)  --threads N  --mirror\n";

[[noreturn]] void fail(const std::string& message) {
  std::fprintf(stderr, "headstart: %s\n", message.c_str());
  std::exit(1);
}

// The value, or the end of the program with its error.
template <typename T>
T need(headstart::Result<T> result, const std::string& what) {
  if (!result) fail(what + ": " + result.error().message);
  return std::move(result).value();
}

std::vector<std::uint8_t> read_file(const std::string& path) {
  std::ifstream file(path, std::ios::binary);
  if (!file) fail("cannot read " + path);
  return {std::istreambuf_iterator<char>(file), std::istreambuf_iterator<char>()};
}

struct Picture {
  std::vector<std::uint8_t> rgba;
  std::int32_t width_px = 0;
  std::int32_t height_px = 0;

  [[nodiscard]] headstart::FrameView view() const { return {rgba, width_px, height_px, 0}; }
};

// A number of a PPM header, past white space and comments (netpbm's ppm(5)).
std::int32_t read_ppm_number(const std::vector<std::uint8_t>& bytes, std::size_t& position) {
  const auto is_space = [](std::uint8_t byte) { return byte == ' ' || (byte >= 9 && byte <= 13); };
  while (position < bytes.size() && (is_space(bytes[position]) || bytes[position] == '#')) {
    if (bytes[position] == '#') {
      while (position < bytes.size() && bytes[position] != '\n') ++position;
    } else {
      ++position;
    }
  }
  std::int32_t number = 0;
  while (position < bytes.size() && bytes[position] >= '0' && bytes[position] <= '9' && number < 100'000) {
    number = number * 10 + (bytes[position++] - '0');
  }
  return number;
}

Picture read_ppm(const std::string& path) {
  const std::vector<std::uint8_t> bytes = read_file(path);
  if (bytes.size() < 2 || bytes[0] != 'P' || bytes[1] != '6') fail(path + " is no binary PPM picture (P6)");
  std::size_t position = 2;
  Picture picture;
  picture.width_px = read_ppm_number(bytes, position);
  picture.height_px = read_ppm_number(bytes, position);
  if (read_ppm_number(bytes, position) != 255) fail(path + " does not have 8 bits per channel");
  ++position;  // the one white space before the pixels
  const std::size_t pixel_count =
      static_cast<std::size_t>(picture.width_px) * static_cast<std::size_t>(picture.height_px);
  if (position > bytes.size() || bytes.size() - position < pixel_count * 3) fail(path + " ends too early");
  picture.rgba.resize(pixel_count * 4, 255);
  for (std::size_t pixel = 0; pixel < pixel_count; ++pixel) {
    for (std::size_t channel = 0; channel < 3; ++channel) {
      picture.rgba[pixel * 4 + channel] = bytes[position + pixel * 3 + channel];
    }
  }
  return picture;
}

struct Arguments {
  std::vector<std::string> words;
  headstart::BackboneOptions backbone;
  headstart::PrepareOptions prepare;
  std::size_t thread_count = 1;
};

Arguments read_arguments(int count, char** values) {
  Arguments arguments;
  for (int i = 1; i < count; ++i) {
    const std::string word = values[i];
    const auto number = [&]() -> std::int32_t {
      if (i + 1 >= count) fail(word + " needs a number");
      return std::atoi(values[++i]);
    };
    if (word == "--size") {
      arguments.backbone.input_size_px = number();
    } else if (word == "--threads") {
      arguments.thread_count = static_cast<std::size_t>(std::max(0, number()));
    } else if (word == "--mirror") {
      arguments.prepare.mirror = headstart::Mirror::kYes;
    } else if (word.starts_with("--")) {
      fail("unknown option " + word);
    } else {
      arguments.words.push_back(word);
    }
  }
  return arguments;
}

void print_info(const Backbone& backbone) {
  const headstart::BackboneInfo& info = backbone.info();
  std::printf("name            %s\n", info.name.c_str());
  std::printf("input           %d px, pixel * %s + %s\n", info.input_size_px, info.input_scale.c_str(),
              info.input_offset.c_str());
  std::printf("embedding       %zu numbers\n", info.embedding_dim);
  std::printf("parameters      %zu\n", info.parameter_count);
  std::printf("memory          %.1f MB\n", static_cast<double>(backbone.memory_bytes()) / 1e6);
  std::printf("source          %s\nlicence         %s\n", info.source.c_str(), info.license.c_str());
  std::printf("sha256          %s\n", info.sha256.c_str());
}

std::vector<float> embed(Backbone& backbone, const Arguments& arguments, const std::string& path) {
  const Picture picture = read_ppm(path);
  std::vector<float> embedding(backbone.info().embedding_dim);
  const headstart::Status status = backbone.embed(picture.view(), arguments.prepare, embedding);
  if (!status) fail(path + ": " + status.error().message);
  return embedding;
}

void print_embedding(const std::vector<float>& embedding) {
  for (std::size_t i = 0; i < embedding.size(); ++i) {
    std::printf("%s%.9g", i == 0 ? "" : " ", static_cast<double>(embedding[i]));
  }
  std::printf("\n");
}

void print_probabilities(const headstart::Head& head, const std::vector<float>& features,
                         const std::string& path) {
  std::vector<float> probabilities(head.class_count());
  const headstart::Status status = headstart::head_probabilities(head, features, probabilities);
  if (!status) fail(status.error().message);
  std::vector<std::size_t> order(probabilities.size());
  std::iota(order.begin(), order.end(), std::size_t{0});
  std::ranges::sort(order, [&](std::size_t a, std::size_t b) {
    return probabilities[a] != probabilities[b] ? probabilities[a] > probabilities[b] : a < b;
  });
  std::printf("%s", path.c_str());
  for (const std::size_t i : order) {
    std::printf("\t%s %.6f", head.labels[i].c_str(), static_cast<double>(probabilities[i]));
  }
  std::printf("\n");
}

// What a command works with.
struct Bench {
  const Arguments& arguments;
  const std::vector<std::uint8_t>& backbone_file;
  Backbone& backbone;
  const headstart::ComputePool& pool;
};

int run_info(const Bench& bench) {
  if (bench.arguments.words.size() != 2) fail("info takes one file");
  print_info(bench.backbone);
  return 0;
}

int run_embed(const Bench& bench) {
  for (std::size_t i = 2; i < bench.arguments.words.size(); ++i) {
    print_embedding(embed(bench.backbone, bench.arguments, bench.arguments.words[i]));
  }
  return 0;
}

// Whatever the head reads: joined maps, a second look, a network that it changed.
int run_predict(const Bench& bench) {
  const std::vector<std::string>& words = bench.arguments.words;
  if (words.size() < 3) fail("predict needs a head file");
  const headstart::Head head = need(headstart::read_head_file(read_file(words[2])), words[2]);
  if (const headstart::Status fits = headstart::check_head_fits(head, bench.backbone.info()); !fits) {
    fail(words[2] + ": " + fits.error().message);
  }
  headstart::HeadReader reader =
      need(headstart::HeadReader::create(head, bench.backbone, bench.backbone_file, bench.pool), words[2]);
  std::vector<float> features(head.feature_count);
  for (std::size_t i = 3; i < words.size(); ++i) {
    const Picture picture = read_ppm(words[i]);
    const headstart::Status read =
        reader.read(bench.backbone, picture.view(), bench.arguments.prepare, features);
    if (!read) fail(words[i] + ": " + read.error().message);
    print_probabilities(head, features, words[i]);
  }
  return 0;
}

using Command = int (*)(const Bench&);

Command command_of(const std::string& name) {
  if (name == "info") return run_info;
  if (name == "embed") return run_embed;
  if (name == "predict") return run_predict;
  return nullptr;
}

}  // namespace

int main(int argument_count, char** argument_values) {
  const Arguments arguments = read_arguments(argument_count, argument_values);
  const std::vector<std::string>& words = arguments.words;
  const Command command = words.size() < 2 ? nullptr : command_of(words[0]);
  if (command == nullptr) {
    std::fwrite(kUsage.data(), 1, kUsage.size(), stderr);
    return 2;
  }
  const headstart::ComputePool pool =
      need(headstart::ComputePool::create(arguments.thread_count), "--threads");
  const std::vector<std::uint8_t> file = read_file(words[1]);
  Backbone backbone = need(Backbone::load(file, arguments.backbone, pool), words[1]);
  return command({arguments, file, backbone, pool});
}
