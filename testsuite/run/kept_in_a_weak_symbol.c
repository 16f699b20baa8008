/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception */
// run:
// moved: 0
/* A weak function may be replaced by one that keeps: its body says nothing. */
#include "trap.h"

static void *held;

__attribute__((weak)) void observe(void *p);
void observe(void *p) {
    held = p;
}

NOINLINE static void work(int seed) {
    char *p = malloc(32); // stays
    if (!p)
        exit(1);
    fill(p, 32, seed);
    observe(p);
}

int main(void) {
    work(opaque_int(6));
    SCRIBBLE();
    char *q = held;
    printf("%u\n", digest(q, 32));
    free(q);
    return 0;
}
