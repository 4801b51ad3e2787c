# Toolchain file of the native presets: the clang that setup.mjs provides, where it provided one; else the machine's.
include(${CMAKE_CURRENT_LIST_DIR}/cache.cmake)
if(EXISTS "${HEADSTART_CACHE}/bin/clang++")
  set(CMAKE_C_COMPILER "${HEADSTART_CACHE}/bin/clang")
  set(CMAKE_CXX_COMPILER "${HEADSTART_CACHE}/bin/clang++")
  set(CMAKE_AR "${HEADSTART_CACHE}/bin/llvm-ar" CACHE FILEPATH "")
  set(CMAKE_RANLIB "${HEADSTART_CACHE}/bin/llvm-ranlib" CACHE FILEPATH "")
endif()
if(EXISTS "${HEADSTART_CACHE}/sysroot/usr/include/stdio.h")
  # A machine without any compiler has no linker either.
  set(CMAKE_SYSROOT "${HEADSTART_CACHE}/sysroot")
  set(CMAKE_EXE_LINKER_FLAGS_INIT "-fuse-ld=lld")
endif()
