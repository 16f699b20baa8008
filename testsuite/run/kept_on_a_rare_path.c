/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception */
// run:
// moved: 0
/* It is kept on one path, and freed on the other. */
#include "trap.h"

static char *held;

NOINLINE static void work(int seed) {
    char *p = malloc(32); // stays
    if (!p)
        exit(1);
    fill(p, 32, seed);
    if (opaque_int(1)) {
        held = p;
        return;
    }
    free(p);
}

int main(void) {
    work(opaque_int(6));
    SCRIBBLE();
    char *q = held;
    printf("%u\n", digest(q, 32));
    free(q);
    return 0;
}
