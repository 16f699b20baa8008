/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception */
/* A wrapper inlined twice: what one caller frees moves, what the other keeps does not. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

char *held;

static inline void *xmalloc(size_t n) { // expect: result of xmalloc is fresh memory
    void *p = malloc(n);                // expect: moved to stack in 1 of 2 places: malloc(n)
    if (!p)
        abort();
    return p;
}

void frees(void) {
    char *p = xmalloc(16);
    strcpy(p, "freed");
    puts(p);
    free(p);
}

void keeps(void) {
    held = xmalloc(24);
    strcpy(held, "kept");
}
