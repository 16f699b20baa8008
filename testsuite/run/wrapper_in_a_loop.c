/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception */
// run:
// moved: 1
/* A wrapper inlined into a loop: its slot is the caller's, once. */
#include "trap.h"

static inline void *checked(size_t n) {
    void *p = malloc(n); // moves
    if (!p)
        exit(1);
    return p;
}

NOINLINE static unsigned work(int n) {
    unsigned s = 0;
    for (int i = 0; i < n; i++) {
        char *p = checked(200);
        fill(p, 8, i);
        s = s * 3 + digest(p, 8);
        free(p);
    }
    return s;
}

int main(void) {
    printf("%u\n", work(opaque_int(200000)));
    return 0;
}
