/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception */
// run:
// moved: 1
// allocs: plain 64 plugin 0
/* A size with a bound the compiler can see needs no heap at all. */
#include "trap.h"

NOINLINE static unsigned work(unsigned n) {
    size_t size = (n & 63) + 1;
    char *p = malloc(size); // moves
    if (!p)
        return 0;
    fill(p, size, (int)n);
    unsigned s = digest(p, size);
    free(p);
    return s;
}

int main(void) {
    unsigned s = 0;
    for (unsigned i = 0; i < 64; i++)
        s = s * 3 + work(i * 5);
    printf("%u\n", s);
    return 0;
}
