/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception */
// run:
// moved: 0
/* A loop made of goto, in which the memory of the round before is still read. */
#include "trap.h"

NOINLINE static unsigned work(int n) {
    char *last = NULL;
    unsigned s = 0;
    int i = 0;
again : {
    char *p = malloc(20); // stays
    if (!p)
        exit(1);
    fill(p, 20, i);
    if (last) {
        s = s * 3 + digest(last, 20);
        free(last);
    }
    last = p;
}
    if (++i < n)
        goto again;
    s += digest(last, 20);
    free(last);
    return s;
}

int main(void) {
    printf("%u\n", work(opaque_int(7)));
    return 0;
}
