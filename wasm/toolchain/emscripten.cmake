# Toolchain file of the wasm presets. On Debian, setup.mjs provides a private Emscripten and clang is called directly,
# with the flags that emcc would give it: emcc is a Python program whose start costs more than most compiles. Only the
# link goes through em++. Where the machine has its own Emscripten (emsdk), that is used as it is.
include(${CMAKE_CURRENT_LIST_DIR}/cache.cmake)

set(CMAKE_SYSTEM_NAME Generic)
set(CMAKE_SYSTEM_PROCESSOR wasm32)
set(CMAKE_TRY_COMPILE_TARGET_TYPE STATIC_LIBRARY)
set(EMSCRIPTEN TRUE)

set(private_emscripten "${HEADSTART_CACHE}/emscripten/usr/share/emscripten")
# setup.mjs leaves its decision there: the version of the machine's own Emscripten, or nothing.
include("${HEADSTART_CACHE}/emscripten.cmake" OPTIONAL)
if(EXISTS "${HEADSTART_CACHE}/emscripten/em_config" AND NOT HEADSTART_OWN_EMSCRIPTEN)
  set(HEADSTART_EMXX "${HEADSTART_CACHE}/bin/em++")
  set(CMAKE_C_COMPILER "${HEADSTART_CACHE}/bin/clang")
  set(CMAKE_CXX_COMPILER "${HEADSTART_CACHE}/bin/clang++")
  set(CMAKE_AR "${HEADSTART_CACHE}/bin/llvm-ar" CACHE FILEPATH "")
  set(CMAKE_RANLIB "${HEADSTART_CACHE}/bin/llvm-ranlib" CACHE FILEPATH "")
  set(CMAKE_C_COMPILER_TARGET wasm32-unknown-emscripten)
  set(CMAKE_CXX_COMPILER_TARGET wasm32-unknown-emscripten)
  set(CMAKE_SYSROOT "${private_emscripten}/cache/sysroot")
  # What `emcc -v` shows.
  string(CONCAT driver_flags "-DEMSCRIPTEN -fignore-exceptions -mllvm -combiner-global-alias-analysis=false "
    "-mllvm -enable-emscripten-sjlj -mllvm -disable-lsr -Xclang -iwithsysroot/include/compat")
  set(CMAKE_C_FLAGS_INIT "${driver_flags}")
  set(CMAKE_CXX_FLAGS_INIT "${driver_flags}")
else()
  find_program(HEADSTART_EMXX em++ REQUIRED)
  find_program(HEADSTART_EMCC emcc REQUIRED)
  find_program(HEADSTART_EMAR emar REQUIRED)
  find_program(HEADSTART_EMRANLIB emranlib REQUIRED)
  set(CMAKE_C_COMPILER "${HEADSTART_EMCC}")
  set(CMAKE_CXX_COMPILER "${HEADSTART_EMXX}")
  set(CMAKE_AR "${HEADSTART_EMAR}" CACHE FILEPATH "")
  set(CMAKE_RANLIB "${HEADSTART_EMRANLIB}" CACHE FILEPATH "")
endif()

set(CMAKE_CXX_LINK_EXECUTABLE "${HEADSTART_EMXX} <LINK_FLAGS> <OBJECTS> -o <TARGET> <LINK_LIBRARIES>")
