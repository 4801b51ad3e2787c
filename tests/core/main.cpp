// The one doctest runner: natively, and as WebAssembly in Node.
#define DOCTEST_CONFIG_IMPLEMENT_WITH_MAIN
#include <doctest/doctest.h>
