# Gives the target `xnnpack`: headers as SYSTEM, and the static libraries that setup.mjs compiled into the cache.
include(${CMAKE_CURRENT_LIST_DIR}/cache.cmake)

# The cache keeps one build per state of these files; setup.mjs computes the same name.
file(GLOB_RECURSE recipe_files RELATIVE ${CMAKE_CURRENT_LIST_DIR}/xnnpack ${CMAKE_CURRENT_LIST_DIR}/xnnpack/*)
list(SORT recipe_files)
set(recipe_text "")
foreach(file IN LISTS recipe_files)
  file(SHA256 ${CMAKE_CURRENT_LIST_DIR}/xnnpack/${file} file_hash)
  string(APPEND recipe_text "${file_hash}\n")
endforeach()
string(SHA256 recipe_hash "${recipe_text}")
string(SUBSTRING "${recipe_hash}" 0 12 recipe_hash)
set(xnnpack_root "${HEADSTART_CACHE}/xnnpack-${recipe_hash}")

if(EMSCRIPTEN)
  include(${CMAKE_CURRENT_LIST_DIR}/xnnpack/variants.cmake)
  set(base_part base-${HEADSTART_VARIANT})
  set(xnnpack_libraries ${xnnpack_root}/${base_part}/libheadstart_xnnpack.a)
  if(HEADSTART_RELAXED)
    list(APPEND xnnpack_libraries ${xnnpack_root}/relaxed/libheadstart_kernels_relaxed.a)
  endif()
  list(APPEND xnnpack_libraries ${xnnpack_root}/shared/libheadstart_kernels.a
    ${xnnpack_root}/${base_part}/libheadstart_pthreadpool.a)
  set(setup_argument ${HEADSTART_VARIANT})
else()
  set(xnnpack_libraries ${xnnpack_root}/native/libheadstart_xnnpack.a ${xnnpack_root}/native/libheadstart_kernels.a
    ${xnnpack_root}/native/libheadstart_pthreadpool.a)
  set(setup_argument native)
endif()

foreach(library IN LISTS xnnpack_libraries)
  if(NOT EXISTS ${library})
    execute_process(COMMAND node ${CMAKE_CURRENT_LIST_DIR}/setup.mjs ${setup_argument} COMMAND_ERROR_IS_FATAL ANY)
    break()
  endif()
endforeach()

add_library(xnnpack INTERFACE)
target_include_directories(xnnpack SYSTEM INTERFACE ${HEADSTART_CACHE}/src/xnnpack/include
  ${HEADSTART_CACHE}/src/pthreadpool/include)
target_link_libraries(xnnpack INTERFACE ${xnnpack_libraries})
if(NOT EMSCRIPTEN)
  find_package(Threads REQUIRED)
  target_link_libraries(xnnpack INTERFACE Threads::Threads m)
endif()
