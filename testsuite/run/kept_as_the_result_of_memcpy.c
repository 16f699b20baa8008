/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception */
// run:
// moved: 0
/* memcpy returns its first argument. */
#include "trap.h"

static char *held;

NOINLINE static void work(int seed) {
    char *p = malloc(32); // stays
    if (!p)
        exit(1);
    fill(p, 32, seed);
    char from[8] = "1234567";
    held = memcpy(p, from, 8);
}

int main(void) {
    work(opaque_int(6));
    SCRIBBLE();
    char *q = held;
    printf("%u\n", digest(q, 32));
    free(q);
    return 0;
}
