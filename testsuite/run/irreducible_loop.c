/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception */
// run:
// moved: 0
/* A loop with two entries, in which memory of one round is read in the next. */
#include "trap.h"

NOINLINE static unsigned work(int n, int enter_late) {
    char *held = NULL;
    unsigned s = 1;
    if (enter_late)
        goto middle;
top : {
    char *p = malloc(16); // stays
    if (!p)
        exit(1);
    fill(p, 16, n);
    if (held) {
        s = s * 3 + digest(held, 16);
        free(held);
    }
    held = p;
}
middle:
    s += (unsigned)n;
    if (n-- > 0)
        goto top;
    if (held) {
        s = s * 3 + digest(held, 16);
        free(held);
    }
    return s;
}

int main(void) {
    printf("%u %u\n", work(opaque_int(5), 0), work(opaque_int(5), 1));
    return 0;
}
