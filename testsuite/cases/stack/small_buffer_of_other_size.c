/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception */
// args: -fplugin-arg-escapement-small-buffer=64
/* The size of the frame's part is the user's. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

void repeat(size_t n) {
    char *p = malloc(n + 1); // expect: moved to stack up to 64 bytes: malloc(n + 1)
    if (!p)
        return;
    memset(p, 'x', n);
    p[n] = 0;
    puts(p);
    free(p);
}
