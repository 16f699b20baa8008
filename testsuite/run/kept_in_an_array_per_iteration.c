/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception */
// run:
// moved: 0
/* A local array holds the memory of every iteration. */
#include "trap.h"

NOINLINE static unsigned work(int n) {
    char *rows[8];
    for (int i = 0; i < n; i++) {
        rows[i] = malloc(24); // stays
        if (!rows[i])
            exit(1);
        fill(rows[i], 24, i);
    }
    unsigned s = 0;
    for (int i = n; i-- > 0;) {
        s = s * 3 + digest(rows[i], 24);
        free(rows[i]);
    }
    return s;
}

int main(void) {
    printf("%u\n", work(opaque_int(8)));
    return 0;
}
