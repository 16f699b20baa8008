/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception */
// run:
// moved: 0
/* strchr returns a pointer into its argument. */
#include "trap.h"

static char *held;

NOINLINE static void work(int seed) {
    char *p = malloc(32); // stays
    if (!p)
        exit(1);
    fill(p, 32, seed);
    memset(p, 'a', 30);
    p[30] = 'x';
    p[31] = 0;
    held = strchr(p, 'x');
}

int main(void) {
    work(opaque_int(6));
    SCRIBBLE();
    char *q = held - 30;
    printf("%u\n", digest(q, 32));
    free(q);
    return 0;
}
