/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception */
// run:
// moved: 0
/* The keeper is one of a table of functions. */
#include "trap.h"

static void *held;

static void keeper(void *p) {
    held = p;
}
static void other(void *p) {
    *(char *)p ^= 1;
}

static void (*const table[])(void *) = {other, keeper};

NOINLINE static void work(int seed) {
    char *p = malloc(32); // stays
    if (!p)
        exit(1);
    fill(p, 32, seed);
    table[opaque_int(1)](p);
}

int main(void) {
    work(opaque_int(6));
    SCRIBBLE();
    char *q = held;
    printf("%u\n", digest(q, 32));
    free(q);
    return 0;
}
