/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception */
// run:
// moved: 0
/* A pointer that comes out of assembly is the one that went in. */
#include "trap.h"

static char *held;

NOINLINE static void work(int n) {
    char *p = malloc(24); // stays
    if (!p)
        exit(1);
    fill(p, 24, n);
    char *q = p;
    __asm__(""
            : "+r"(q));
    held = q;
}

int main(void) {
    work(opaque_int(3));
    SCRIBBLE();
    printf("%u\n", digest(held, 24));
    free(held);
    return 0;
}
