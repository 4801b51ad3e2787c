// Times a frame's way apart: preparation, the bare XNNPACK graph, both together, and beside them the
// processor's own 128-bit multiply-add peak. Prints one line of JSON.
//
//   bench_frame BACKBONE.safetensors [threads] [rounds]
#include <algorithm>
#include <chrono>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <string>
#include <vector>

#include "headstart/headstart.h"
#include "tool.h"

#if defined(__wasm_relaxed_simd__)
#include <wasm_simd128.h>
#endif

using namespace headstart::tools;

namespace {

using headstart::Backbone;

constexpr std::int32_t kFrameWidth = 640;
constexpr std::int32_t kFrameHeight = 480;

double now_ms() {
  const auto now = std::chrono::steady_clock::now().time_since_epoch();
  return std::chrono::duration<double, std::milli>(now).count();
}

struct Timings {
  std::vector<double> ms;
  void add(double started_ms) { ms.push_back(now_ms() - started_ms); }
  double min() { return *std::min_element(ms.begin(), ms.end()); }
  double median() {
    std::sort(ms.begin(), ms.end());
    return ms[ms.size() / 2];
  }
};

using Vector = float __attribute__((vector_size(16)));

#if defined(__x86_64__)
__attribute__((target("fma"))) Vector multiply_add(Vector a, Vector b, Vector c) {
  return __builtin_elementwise_fma(a, b, c);
}
#elif defined(__wasm_relaxed_simd__)
Vector multiply_add(Vector a, Vector b, Vector c) {
  return reinterpret_cast<Vector>(wasm_f32x4_relaxed_madd(
      reinterpret_cast<v128_t>(a), reinterpret_cast<v128_t>(b), reinterpret_cast<v128_t>(c)));
}
#else
Vector multiply_add(Vector a, Vector b, Vector c) {
  return a * b + c;
}
#endif

constexpr int kSums = 10;  // independent sums, enough to hide their latency
constexpr int kPeakSteps = 2'000;

// A function of its own that is called often: a JavaScript engine compiles well only what is called again.
#if defined(__x86_64__)
__attribute__((target("fma")))
#endif
__attribute__((noinline)) void
multiply_add_repeatedly(Vector (&kept)[kSums]) {
  Vector sums[kSums] = {};
  const Vector factor = {0.999F, 0.998F, 0.997F, 0.996F};
  const Vector step = {1e-3F, 2e-3F, 3e-3F, 4e-3F};
  for (int i = 0; i < kPeakSteps; ++i) {
#pragma clang loop unroll(full)
    for (int s = 0; s < kSums; ++s) sums[s] = multiply_add(sums[s], factor, step);
  }
  for (int s = 0; s < kSums; ++s) kept[s] += sums[s];
}

// One thread's multiply-adds on 4 lanes: the best of some tenths of a second.
double peak_gflops() {
  constexpr int kRounds = 300;
  constexpr int kCallsPerRound = 50;
  Vector kept[kSums] = {};
  double best_ms = 1e30;
  for (int round = 0; round < kRounds; ++round) {
    const double started_ms = now_ms();
    for (int call = 0; call < kCallsPerRound; ++call) multiply_add_repeatedly(kept);
    best_ms = std::min(best_ms, now_ms() - started_ms);
  }
  if (kept[0][0] == 12345.0F) std::puts("");  // the sums are used, so that they are computed
  return 2.0 * 4 * kSums * kPeakSteps * kCallsPerRound / best_ms / 1e6;
}

std::vector<std::uint8_t> draw_frame() {
  std::vector<std::uint8_t> rgba(static_cast<std::size_t>(kFrameWidth * kFrameHeight * 4));
  std::uint32_t state = 1;
  for (std::uint8_t& byte : rgba) {
    state = state * 1664525U + 1013904223U;
    byte = static_cast<std::uint8_t>(state >> 24U);
  }
  return rgba;
}

struct FrameTimings {
  Timings prepare;
  Timings graph;
  Timings together;
};

FrameTimings time_frames(Backbone& backbone, headstart::ImagePreparer& preparer, int rounds) {
  const std::vector<std::uint8_t> rgba = draw_frame();
  const headstart::FrameView frame{rgba, kFrameWidth, kFrameHeight, 0};
  std::vector<float> embedding(backbone.info().embedding_dim);
  FrameTimings timings;
  for (int round = -3; round < rounds; ++round) {
    double started_ms = now_ms();
    if (!preparer.prepare(frame, {}, backbone.info().normalisation, backbone.input(0)))
      fail("a frame was refused");
    if (round >= 0) timings.prepare.add(started_ms);
    started_ms = now_ms();
    if (!backbone.run(1)) fail("the network did not run");
    if (round >= 0) timings.graph.add(started_ms);
    started_ms = now_ms();
    if (!backbone.embed(frame, {}, embedding)) fail("a frame was not embedded");
    if (round >= 0) timings.together.add(started_ms);
  }
  return timings;
}

void print(const char* name, Timings& timings, const char* end) {
  std::printf("\"%s\":{\"min_ms\":%.4f,\"median_ms\":%.4f}%s", name, timings.min(), timings.median(), end);
}

}  // namespace

int main(int argument_count, char** arguments) {
  if (argument_count < 2) fail("expected: bench_frame BACKBONE.safetensors [threads] [rounds]");
  const int threads = argument_count > 2 ? std::atoi(arguments[2]) : 1;
  const int rounds = std::max(1, argument_count > 3 ? std::atoi(arguments[3]) : 50);
  const std::vector<std::uint8_t> file = read_file(arguments[1]);
  const auto pool = need(headstart::ComputePool::create(static_cast<std::size_t>(std::max(0, threads))));
  auto backbone = need(Backbone::load(file, {}, pool));
  auto preparer = need(headstart::ImagePreparer::create(backbone.input_size_px(), &pool));

  FrameTimings timings = time_frames(backbone, preparer, rounds);
  std::printf("{\"backbone\":\"%s\",\"threads\":%d,\"rounds\":%d,", backbone.info().name.c_str(), threads,
              rounds);
  std::printf("\"memory_bytes\":%zu,\"peak_gflops\":%.2f,", backbone.memory_bytes(), peak_gflops());
  print("prepare", timings.prepare, ",");
  print("graph", timings.graph, ",");
  print("together", timings.together, "}\n");
  return 0;
}
