/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception */
// run:
// moved: 0
/* A function in another file keeps it. */
#include "trap.h"

NOINLINE static void work(int seed) {
    char *p = malloc(32); // stays
    if (!p)
        exit(1);
    fill(p, 32, seed);
    opaque_keep(p);
}

int main(void) {
    work(opaque_int(6));
    SCRIBBLE();
    char *q = opaque_kept();
    printf("%u\n", digest(q, 32));
    free(q);
    return 0;
}
