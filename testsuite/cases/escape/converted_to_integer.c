/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception */
/* An integer made from the pointer is kept, and nobody follows integers. */
#include <stdint.h>
#include <stdlib.h>

uintptr_t sum;

void work(void) {
    char *p = malloc(8); // expect: malloc(8) escapes to heap: converted to an integer that escapes
    if (!p)
        return;
    p[0] = 1;
    sum = (uintptr_t)p * 3;
}
