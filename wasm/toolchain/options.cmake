# How our own code is compiled. XNNPACK is compiled elsewhere, without these warnings and sanitizers.
add_library(headstart_options INTERFACE)
target_compile_options(headstart_options INTERFACE -Wall -Wextra -Wpedantic -Wconversion -Wsign-conversion -Wshadow
  -Wold-style-cast -Wnon-virtual-dtor -Woverloaded-virtual -Wdouble-promotion -Wimplicit-fallthrough -Werror
  # Contraction into fused multiply-adds would give other last bits natively than in WebAssembly.
  -ffp-contract=off)

if(HEADSTART_SANITIZERS)
  # vptr wants RTTI in every file, and core is compiled without it: what core makes of the standard library's templates
  # (a shared_ptr's block) would look like an object of no type to a test that frees it.
  target_compile_options(headstart_options INTERFACE -fsanitize=${HEADSTART_SANITIZERS} -fno-sanitize=vptr
    -fno-sanitize-recover=all -fno-omit-frame-pointer)
  target_link_options(headstart_options INTERFACE -fsanitize=${HEADSTART_SANITIZERS})
endif()

# core and wasm; doctest's own runner keeps exceptions natively.
add_library(headstart_no_exceptions INTERFACE)
target_compile_options(headstart_no_exceptions INTERFACE -fno-exceptions -fno-rtti)

if(EMSCRIPTEN)
  target_compile_options(headstart_options INTERFACE ${HEADSTART_VARIANT_FLAGS})
  target_link_libraries(headstart_options INTERFACE headstart_no_exceptions)
  include(${CMAKE_CURRENT_LIST_DIR}/link.cmake)
endif()
