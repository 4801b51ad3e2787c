# Reads upstream's own lists of sources, so that no list of a thousand files has to be kept here.

# The sources of `SET(<name> …)` in upstream's CMakeLists.txt, as absolute paths.
file(READ "${XNNPACK_DIR}/CMakeLists.txt" upstream_text)
function(upstream_sources name result)
  if(NOT upstream_text MATCHES "SET\\(${name}\n([^)]*)\\)")
    message(FATAL_ERROR "XNNPACK's CMakeLists.txt has no list ${name}: not the pinned commit?")
  endif()
  string(REGEX MATCHALL "src/[^ \n)]+" sources "${CMAKE_MATCH_1}")
  list(TRANSFORM sources PREPEND "${XNNPACK_DIR}/")
  set(${result} ${sources} PARENT_SCOPE)
endfunction()

# The production micro-kernels of one instruction set. The configs refer to each of them, so all are needed.
function(kernel_sources isa result)
  include("${XNNPACK_DIR}/cmake/gen/${isa}_microkernels.cmake")
  string(TOUPPER "PROD_${isa}_MICROKERNEL_SRCS" list_name)
  set(sources ${${list_name}})
  list(SORT sources)
  list(TRANSFORM sources PREPEND "${XNNPACK_DIR}/")
  set(${result} ${sources} PARENT_SCOPE)
endfunction()

upstream_sources(OPERATOR_SRCS OPERATOR_SOURCES)
upstream_sources(REFERENCE_SRCS REFERENCE_SOURCES)
upstream_sources(SUBGRAPH_SRCS SUBGRAPH_SOURCES)
upstream_sources(LOGGING_SRCS LOGGING_SOURCES)
upstream_sources(XNNPACK_SRCS CONFIG_SOURCES)
upstream_sources(TABLE_SRCS TABLE_SOURCES)
set(PACKING_SOURCES ${XNNPACK_DIR}/src/reference/packing.cc)
# Upstream makes a library of each of these.
set(OTHER_SOURCES allocator cache datatype indirection memory microkernel-utils microparams-init mutex normalization
    operator-run operator-utils configs/hardware-config)
list(TRANSFORM OTHER_SOURCES PREPEND "${XNNPACK_DIR}/src/")
list(TRANSFORM OTHER_SOURCES APPEND ".c")
