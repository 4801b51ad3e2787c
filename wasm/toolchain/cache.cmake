# Where downloads and compiled XNNPACK live, outside of every checkout. cache.mjs decides the same way.
if(DEFINED ENV{HEADSTART_CACHE} AND NOT "$ENV{HEADSTART_CACHE}" STREQUAL "")
  set(HEADSTART_CACHE "$ENV{HEADSTART_CACHE}")
elseif(DEFINED ENV{XDG_CACHE_HOME} AND NOT "$ENV{XDG_CACHE_HOME}" STREQUAL "")
  set(HEADSTART_CACHE "$ENV{XDG_CACHE_HOME}/headstart")
else()
  set(HEADSTART_CACHE "$ENV{HOME}/.cache/headstart")
endif()
