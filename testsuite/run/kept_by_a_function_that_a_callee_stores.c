/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception */
// run:
// moved: 0
/* A callee puts another function into the caller's variable: the call through it keeps its argument. */
#include "trap.h"

static char *kept;

NOINLINE static void keep(char *p) {
    kept = p;
}

NOINLINE static void drop(char *p) {
    p[1]++;
}

NOINLINE static void choose(void (**slot)(char *), int which) {
    if (which)
        *slot = keep;
}

NOINLINE static void work(int seed) {
    char *p = malloc(32); // stays
    if (!p)
        exit(1);
    fill(p, 32, seed);
    void (*what)(char *) = drop;
    choose(&what, seed);
    what(p);
}

int main(void) {
    work(opaque_int(6));
    SCRIBBLE();
    printf("%u\n", digest(kept, 32));
    free(kept);
    return 0;
}
