/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception */
// run:
// moved: 0
/* The bits of the pointer, in a double. */
#include "trap.h"

static double held;

NOINLINE static void work(int seed) {
    char *p = malloc(32); // stays
    if (!p)
        exit(1);
    fill(p, 32, seed);
    memcpy(&held, &p, sizeof held);
}

int main(void) {
    work(opaque_int(6));
    SCRIBBLE();
    char *q;
    memcpy(&q, &held, sizeof q);
    printf("%u\n", digest(q, 32));
    free(q);
    return 0;
}
