/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception */
// run:
// moved: 1
/* One wrapper, two callers: what one frees may move, what the other keeps must not. */
#include "trap.h"

static char *held;

static inline void *checked(size_t n) {
    void *p = malloc(n); // moves
    if (!p)
        exit(1);
    return p;
}

NOINLINE static unsigned frees(int n) {
    char *p = checked(40);
    fill(p, 40, n);
    unsigned s = digest(p, 40);
    free(p);
    return s;
}

NOINLINE static void keeps(int n) {
    held = checked(24);
    fill(held, 24, n);
}

int main(void) {
    keeps(opaque_int(1));
    unsigned s = frees(opaque_int(2));
    SCRIBBLE();
    printf("%u %u\n", s, digest(held, 24));
    free(held);
    return 0;
}
