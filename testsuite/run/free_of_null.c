/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception */
// run:
// moved: 1
/* The pointer is set to NULL after a first free; the second frees nothing. */
#include "trap.h"

NOINLINE static unsigned work(int n) {
    unsigned s = 1;
    char *p = malloc(16); // moves
    if (!p)
        return 0;
    fill(p, 16, n);
    if (n & 1) {
        s += digest(p, 16);
        free(p);
        p = NULL;
    }
    if (p)
        s += digest(p, 8);
    free(p);
    return s;
}

int main(void) {
    printf("%u %u\n", work(opaque_int(1)), work(opaque_int(2)));
    return 0;
}
