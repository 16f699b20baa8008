/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception */
/* Attributes name an allocator without a body: its result is a site, of known size or not.
 * A result that is a pointer to anything is none. */
#include <stdlib.h>

__attribute__((malloc)) void *plain(size_t n);
__attribute__((malloc, alloc_size(1), returns_nonnull)) void *sized(size_t n);
char *other(size_t n);

void *of_plain(void) {
    return plain(8); // expect: plain(8) escapes to heap: returned
}

void *of_sized(void) {
    return sized(8); // expect: sized(8) escapes to heap: returned
}

char *of_other(void) {
    return other(8);
}
