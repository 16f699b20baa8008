/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception */
// run:
// moved: 1
/* A recursive function keeps what is large on the heap: in the frame it would run out of stack. */
#include "trap.h"

NOINLINE static unsigned deep(int n) {
    char *large = malloc(1000); // stays
    char *small = malloc(24);   // moves
    if (!large || !small)
        exit(1);
    fill(large, 1000, n);
    fill(small, 24, n);
    unsigned s = n ? deep(n - 1) : 1;
    s = s * 3 + digest(large, 10) + digest(small, 24);
    free(large);
    free(small);
    return s;
}

int main(void) {
    printf("%u\n", deep(opaque_int(20000)));
    return 0;
}
