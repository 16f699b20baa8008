/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception */
// run:
// moved: 0
/* Returned as an integer, past its start, and by way of a function that returns its argument. */
#include "trap.h"

NOINLINE static uintptr_t as_integer(int seed) {
    char *p = malloc(16); // stays
    if (!p)
        exit(1);
    fill(p, 16, seed);
    return (uintptr_t)p;
}

NOINLINE static char *interior(int seed) {
    char *p = malloc(16); // stays
    if (!p)
        exit(1);
    fill(p, 16, seed);
    return p + 7;
}

NOINLINE static void *same(void *p) {
    return p;
}

NOINLINE static char *identity(int seed) {
    char *p = malloc(16); // stays
    if (!p)
        exit(1);
    fill(p, 16, seed);
    return same(p);
}

int main(void) {
    char *a = (char *)as_integer(opaque_int(1)), *b = interior(opaque_int(2)) - 7;
    char *c = identity(opaque_int(3));
    SCRIBBLE();
    printf("%u %u %u\n", digest(a, 16), digest(b, 16), digest(c, 16));
    free(a);
    free(b);
    free(c);
    return 0;
}
