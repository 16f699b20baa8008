/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception */
// run:
// moved: 0
/* The distance from a global, as an integer, leads back. */
#include "trap.h"

static char base;
static uintptr_t held;

NOINLINE static void work(int seed) {
    char *p = malloc(32); // stays
    if (!p)
        exit(1);
    fill(p, 32, seed);
    held = (uintptr_t)p - (uintptr_t)&base;
}

int main(void) {
    work(opaque_int(6));
    SCRIBBLE();
    char *q = (char *)(held + (uintptr_t)&base);
    printf("%u\n", digest(q, 32));
    free(q);
    return 0;
}
