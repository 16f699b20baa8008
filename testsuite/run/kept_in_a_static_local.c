/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception */
// run:
// moved: 0
/* A static local outlives its function. */
#include "trap.h"

NOINLINE static char *last(char *p) {
    static char *kept;
    char *before = kept;
    kept = p;
    return before;
}

NOINLINE static void work(int seed) {
    char *p = malloc(32); // stays
    if (!p)
        exit(1);
    fill(p, 32, seed);
    last(p);
}

int main(void) {
    work(opaque_int(6));
    SCRIBBLE();
    char *q = last(NULL);
    printf("%u\n", digest(q, 32));
    free(q);
    return 0;
}
