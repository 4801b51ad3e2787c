// The few questions that XNNPACK asks of the cpuinfo library, answered by the compiler's own run-time
// detection. It saves a dependency whose packaged versions are either too old or absent.
#pragma once

#include <stdbool.h>

static inline bool cpuinfo_initialize(void) {
  return true;
}

#if defined(__x86_64__) || defined(__i386__)
static inline bool cpuinfo_has_x86_sse2(void) {
  return __builtin_cpu_supports("sse2");
}
static inline bool cpuinfo_has_x86_ssse3(void) {
  return __builtin_cpu_supports("ssse3");
}
static inline bool cpuinfo_has_x86_sse4_1(void) {
  return __builtin_cpu_supports("sse4.1");
}
static inline bool cpuinfo_has_x86_avx(void) {
  return __builtin_cpu_supports("avx");
}
static inline bool cpuinfo_has_x86_f16c(void) {
  return __builtin_cpu_supports("f16c");
}
static inline bool cpuinfo_has_x86_fma3(void) {
  return __builtin_cpu_supports("fma");
}
static inline bool cpuinfo_has_x86_avx2(void) {
  return __builtin_cpu_supports("avx2");
}
static inline bool cpuinfo_has_x86_avx512f(void) {
  return __builtin_cpu_supports("avx512f");
}

// XNNPACK has smaller tiles for two old microarchitectures; here every processor counts as a newer one.
enum cpuinfo_uarch { cpuinfo_uarch_unknown, cpuinfo_uarch_zen, cpuinfo_uarch_dhyana };
struct cpuinfo_core {
  enum cpuinfo_uarch uarch;
};
static inline const struct cpuinfo_core* cpuinfo_get_core(unsigned index) {
  static const struct cpuinfo_core kCore = {cpuinfo_uarch_unknown};
  (void)index;
  return &kCore;
}
#elif defined(__aarch64__)
// Only baseline AArch64 kernels are compiled, so every optional extension counts as absent.
static inline bool cpuinfo_has_arm_fp16_arith(void) {
  return false;
}
static inline bool cpuinfo_has_arm_neon_fp16_arith(void) {
  return false;
}
static inline bool cpuinfo_has_arm_neon_bf16(void) {
  return false;
}
static inline bool cpuinfo_has_arm_neon_dot(void) {
  return false;
}
static inline bool cpuinfo_has_arm_i8mm(void) {
  return false;
}
static inline bool cpuinfo_has_arm_sve(void) {
  return false;
}
static inline bool cpuinfo_has_arm_sve2(void) {
  return false;
}
static inline bool cpuinfo_has_arm_sme(void) {
  return false;
}
static inline bool cpuinfo_has_arm_sme2(void) {
  return false;
}
#endif
