/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception */
// run:
// moved: 0
/* The low bits carry a tag, the rest the pointer. */
#include "trap.h"

static uintptr_t held;

NOINLINE static void work(int seed) {
    char *p = malloc(32); // stays
    if (!p)
        exit(1);
    fill(p, 32, seed);
    held = (uintptr_t)p | 3;
}

int main(void) {
    work(opaque_int(6));
    SCRIBBLE();
    char *q = (char *)(held & ~(uintptr_t)15);
    printf("%u\n", digest(q, 32));
    free(q);
    return 0;
}
