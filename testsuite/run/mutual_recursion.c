/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception */
// run:
// moved: 2
/* The same for two functions that call each other. */
#include "trap.h"

static unsigned odd(int n);

NOINLINE static unsigned even(int n) {
    char *large = malloc(700); // stays
    char *small = malloc(16);  // moves
    if (!large || !small)
        exit(1);
    fill(large, 700, n);
    fill(small, 16, n);
    unsigned s = n ? odd(n - 1) : 1;
    s = s * 3 + digest(large, 10) + digest(small, 16);
    free(large);
    free(small);
    return s;
}

NOINLINE static unsigned odd(int n) {
    char *p = malloc(32); // moves
    if (!p)
        exit(1);
    fill(p, 32, n);
    unsigned s = n ? even(n - 1) : 2;
    s = s * 5 + digest(p, 32);
    free(p);
    return s;
}

int main(void) {
    printf("%u\n", even(opaque_int(20000)));
    return 0;
}
