// Upstream generates these three functions to tell saved weight caches of different builds apart. This
// project saves no such cache, so one constant per pinned commit is enough.
#include <stdbool.h>
#include <stddef.h>
#include <string.h>

static const char kIdentifier[] = "4ea82e5";

size_t xnn_experimental_get_build_identifier_size(void) {
  return sizeof(kIdentifier);
}

const void* xnn_experimental_get_build_identifier_data(void) {
  return kIdentifier;
}

bool xnn_experimental_check_build_identifier(const void* data, const size_t size) {
  return size == sizeof(kIdentifier) && memcmp(data, kIdentifier, size) == 0;
}
