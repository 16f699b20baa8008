/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception */
// run:
// moved: 0
/* Two rows change places each round: the row made in this round is read in the next. */
#include "trap.h"

NOINLINE static unsigned work(int n) {
    char *rows[2] = {NULL, NULL};
    unsigned s = 0;
    for (int i = 0; i < n; i++) {
        free(rows[i & 1]);
        rows[i & 1] = malloc(24); // stays
        if (!rows[i & 1])
            exit(1);
        fill(rows[i & 1], 24, i);
        if (rows[~i & 1])
            s = s * 3 + digest(rows[~i & 1], 24) + digest(rows[i & 1], 24);
    }
    free(rows[0]);
    free(rows[1]);
    return s;
}

int main(void) {
    printf("%u\n", work(opaque_int(9)));
    return 0;
}
