/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception */
// forget: loop-value
// says: malloc(16) in sum
// says: ended: its slot was taken for the next object
/* The object of the round before is still read. */
#include "verify.h"

NOINLINE static int sum(int n) {
    char *old = NULL;
    int s = 0;
    for (int i = 0; i < n; i++) {
        char *p = malloc(16);
        if (!p)
            exit(1);
        memset(p, i, 16);
        OPAQUE(p);
        if (old) {
            s += old[3];
            free(old);
        }
        old = p;
    }
    free(old);
    return s;
}

int main(void) {
    printf("%d\n", sum(5));
    return 0;
}
