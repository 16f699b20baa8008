/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception */
/* A pointer returned as an integer is returned. */
#include <stdint.h>
#include <stdlib.h>

uintptr_t number(void) {
    char *p = malloc(8); // expect: malloc(8) escapes to heap: returned
    if (p)
        p[0] = 1;
    return (uintptr_t)p;
}
