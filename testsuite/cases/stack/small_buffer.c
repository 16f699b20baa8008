/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception */
/* A size without a bound: in the frame while it is small, on the heap above. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

void repeat(size_t n) {
    char *p = malloc(n + 1); // expect: moved to stack up to 256 bytes: malloc(n + 1)
    if (!p)
        return;
    memset(p, 'x', n);
    p[n] = 0;
    puts(p);
    free(p);
}

void zeroed(size_t n) {
    char *p = calloc(n, 4); // expect: moved to stack up to 256 bytes: calloc(n, 4)
    if (!p)
        return;
    if (n)
        p[0] = 'x';
    puts(p);
    free(p);
}
