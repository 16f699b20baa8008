/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception */
/* A local array for small sizes, the heap for others, one pointer for both. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

void repeat(size_t n) {
    char small[32];
    char *p = n < sizeof small ? small : malloc(n + 1); // expect: moved to stack up to 256 bytes: malloc(n + 1)
    if (!p)
        return;
    memset(p, 'x', n);
    p[n] = 0;
    puts(p);
    if (p != small)
        free(p);
}
