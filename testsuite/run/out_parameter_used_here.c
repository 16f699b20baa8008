/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception */
// run:
// moved: 1
/* A callee hands memory out through a parameter, and it is used and freed here. */
#include "trap.h"

static inline int make(char **out, int n) {
    char *p = malloc(56); // moves
    if (!p)
        return -1;
    fill(p, 56, n);
    *out = p;
    return 0;
}

NOINLINE static unsigned work(int n) {
    char *p = NULL;
    if (make(&p, n) != 0)
        return 0;
    unsigned s = digest(p, 56);
    free(p);
    return s;
}

int main(void) {
    printf("%u\n", work(opaque_int(4)));
    return 0;
}
