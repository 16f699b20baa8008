/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception */
// run:
// moved: 0
/* Written as a pointer, kept as an integer. */
#include "trap.h"

union Word {
    char *pointer;
    uintptr_t bits;
};

static uintptr_t held;

NOINLINE static void work(int seed) {
    char *p = malloc(32); // stays
    if (!p)
        exit(1);
    fill(p, 32, seed);
    union Word w;
    w.pointer = p;
    held = w.bits;
}

int main(void) {
    work(opaque_int(6));
    SCRIBBLE();
    union Word w;
    w.bits = held;
    char *q = w.pointer;
    printf("%u\n", digest(q, 32));
    free(q);
    return 0;
}
