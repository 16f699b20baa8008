/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception */
// run:
// moved: 0
/* A round that continues leaves its memory for the next round to read. */
#include "trap.h"

NOINLINE static unsigned work(int n) {
    unsigned s = 0;
    char *pending = NULL;
    do {
        char *p = malloc(48); // stays
        if (!p)
            exit(1);
        fill(p, 48, n);
        if (n % 3 == 0 && !pending) {
            pending = p;
            continue;
        }
        s = s * 3 + digest(p, 48);
        if (pending) {
            s = s * 5 + digest(pending, 48);
            free(pending);
            pending = NULL;
        }
        free(p);
    } while (n-- > 0);
    free(pending);
    return s;
}

int main(void) {
    printf("%u\n", work(opaque_int(20)));
    return 0;
}
