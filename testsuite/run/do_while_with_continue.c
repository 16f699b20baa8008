/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception */
// run:
// moved: 1
/* Some rounds leave early by continue, after freeing; one slot serves all. */
#include "trap.h"

NOINLINE static unsigned work(int n) {
    unsigned s = 0;
    do {
        char *p = malloc(48); // moves
        if (!p)
            continue;
        fill(p, 48, n);
        if (n % 3 == 0) {
            s += digest(p, 8);
            free(p);
            continue;
        }
        s = s * 3 + digest(p, 48);
        free(p);
    } while (n-- > 0);
    return s;
}

int main(void) {
    printf("%u\n", work(opaque_int(20)));
    return 0;
}
