/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception */
// forget: loop-cell
// says: malloc(16) in sum
// says: ended: its slot was taken for the next object
/* All objects of the loop are in an array. */
#include "verify.h"

NOINLINE static int sum(int n) {
    char *all[8];
    int s = 0;
    for (int i = 0; i < n; i++) {
        all[i] = malloc(16);
        if (!all[i])
            exit(1);
        memset(all[i], i, 16);
    }
    for (int i = 0; i < n; i++) {
        s += all[i][3];
        free(all[i]);
    }
    return s;
}

int main(void) {
    printf("%d\n", sum(5));
    return 0;
}
