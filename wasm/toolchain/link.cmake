# How em++ links: the module for pages and Node, and the test runner for Node.
set(common_link_options -O2 -fno-exceptions -fno-rtti -msimd128 -mbulk-memory -sALLOW_MEMORY_GROWTH=1)
if(HEADSTART_RELAXED)
  list(APPEND common_link_options -mrelaxed-simd)
endif()
if(HEADSTART_THREADS)
  # Growing shared memory makes views slower; only frames and files cross by views, so that costs nothing here.
  list(APPEND common_link_options -pthread -Wno-pthreads-mem-growth)
endif()

set(HEADSTART_MODULE_LINK_OPTIONS ${common_link_options}
  --no-entry -lembind -sMODULARIZE=1 -sEXPORT_ES6=1 -sEXPORT_NAME=createHeadstart -sENVIRONMENT=web,worker,node
  # No eval, for pages with a strict Content-Security-Policy.
  -sDYNAMIC_EXECUTION=0
  -sFILESYSTEM=0 -sASSERTIONS=0
  # core answers a failed allocation with a code of its own.
  -sABORTING_MALLOC=0
  # A backbone with its packed weights and one frame's maps need about 40 MB; 2 GB hold 20,000 pictures' embeddings
  # many times over, and some browsers refuse to reserve more.
  -sINITIAL_MEMORY=67108864 -sMAXIMUM_MEMORY=2147483648 -sSTACK_SIZE=1048576
  -sINCOMING_MODULE_JS_API=wasmBinary,locateFile,instantiateWasm,print,printErr,onAbort,threadCount)
if(HEADSTART_THREADS)
  # createHeadstart({ threadCount: 2 }): the caller's thread is one of them. XNNPACK's pool waits for its workers, so they
  # have to exist before.
  list(APPEND HEADSTART_MODULE_LINK_OPTIONS "-sPTHREAD_POOL_SIZE=(Module['threadCount']||2)-1"
    -sEXPORTED_RUNTIME_METHODS=HEAPU8,PThread --js-library ${CMAKE_CURRENT_LIST_DIR}/mailbox.js)
else()
  list(APPEND HEADSTART_MODULE_LINK_OPTIONS -sEXPORTED_RUNTIME_METHODS=HEAPU8)
endif()
set(HEADSTART_TEST_LINK_OPTIONS ${common_link_options}
  -sENVIRONMENT=node -sNODERAWFS=1 -sEXIT_RUNTIME=1 -sASSERTIONS=1 -sSTACK_SIZE=1048576
  -sINITIAL_MEMORY=67108864 -sMAXIMUM_MEMORY=2147483648)
if(HEADSTART_THREADS)
  list(APPEND HEADSTART_TEST_LINK_OPTIONS -sPTHREAD_POOL_SIZE=4)
endif()
find_program(HEADSTART_NODE node REQUIRED)
set(HEADSTART_NODE_OPTIONS "")
if(HEADSTART_RELAXED)
  set(HEADSTART_NODE_OPTIONS --experimental-wasm-relaxed-simd)
endif()

# Where wasm-split and wasm-opt lie.
if(EXISTS "${HEADSTART_CACHE}/emscripten/em_config" AND NOT HEADSTART_OWN_EMSCRIPTEN)
  set(HEADSTART_BINARYEN "${HEADSTART_CACHE}/emscripten/binaryen/bin")
else()
  execute_process(COMMAND em-config BINARYEN_ROOT OUTPUT_VARIABLE binaryen_root OUTPUT_STRIP_TRAILING_WHITESPACE
    COMMAND_ERROR_IS_FATAL ANY)
  set(HEADSTART_BINARYEN "${binaryen_root}/bin")
endif()
