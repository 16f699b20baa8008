/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception */
// run:
// moved: 1
/* The same loop where every round frees its own. */
#include "trap.h"

NOINLINE static unsigned work(int n) {
    unsigned s = 0;
    int i = 0;
again : {
    char *p = malloc(20); // moves
    if (!p)
        exit(1);
    fill(p, 20, i);
    s = s * 3 + digest(p, 20);
    free(p);
}
    if (++i < n)
        goto again;
    return s;
}

int main(void) {
    printf("%u\n", work(opaque_int(7)));
    return 0;
}
