/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception */
// run:
// moved: 1
/* A function that moves its buffer is itself inlined into a long loop. */
#include "trap.h"

static inline unsigned hash(int i) {
    char *p = malloc(100); // moves
    if (!p)
        return 0;
    fill(p, 100, i);
    unsigned s = digest(p, 4);
    free(p);
    return s;
}

NOINLINE static unsigned work(int n) {
    unsigned s = 0;
    for (int i = 0; i < n; i++)
        s = s * 3 + hash(i);
    return s;
}

int main(void) {
    printf("%u\n", work(opaque_int(100000)));
    return 0;
}
