/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception */
// run:
// moved: 1
// allocs: plain 6 plugin 2
/* Up to 256 bytes live in the frame, more on the heap, and both are given back rightly. */
#include "trap.h"

NOINLINE static unsigned work(size_t n) {
    char *p = malloc(n); // moves
    if (!p)
        return 0;
    fill(p, n, (int)n);
    unsigned s = digest(p, n);
    free(p);
    return s;
}

int main(void) {
    static const size_t sizes[] = {1, 16, 255, 256, 257, 100000};
    for (size_t i = 0; i < sizeof sizes / sizeof *sizes; i++)
        printf("%u\n", work(opaque_size(sizes[i])));
    return 0;
}
