// Two of XNNPACK's WebAssembly kernels (f32-qs8-vcvt and f32-qu8-vcvt, "wasmsimd-magic") include this name by
// mistake and use only what <wasm_simd128.h> declares.
#pragma once

#include <wasm_simd128.h>
