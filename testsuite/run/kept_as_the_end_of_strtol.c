/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception */
// run:
// moved: 0
/* strtol hands out a pointer into the string it reads. */
#include "trap.h"

static char *held;

NOINLINE static void work(int seed) {
    char *p = malloc(32); // stays
    if (!p)
        exit(1);
    fill(p, 32, seed);
    memset(p, 0, 32);
    strcpy(p, "12345 rest");
    char *end;
    strtol(p, &end, 10);
    held = end;
}

int main(void) {
    work(opaque_int(6));
    SCRIBBLE();
    char *q = held - 5;
    printf("%u\n", digest(q, 32));
    free(q);
    return 0;
}
