/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception */
// run:
// moved: 0
/* Items of an array are made in one loop and freed in another, some of them earlier. */
#include "trap.h"

NOINLINE static unsigned work(int n) {
    char *all[16] = {NULL};
    unsigned s = 0;
    for (int i = 0; i < n; i++) {
        all[i & 15] = malloc(24); // stays
        if (!all[i & 15])
            exit(1);
        fill(all[i & 15], 24, i);
        if (i % 3 == 0) {
            s = s * 3 + digest(all[i & 15], 24);
            free(all[i & 15]);
            all[i & 15] = NULL;
        }
    }
    for (int i = 0; i < 16; i++) {
        if (all[i])
            s = s * 3 + digest(all[i], 24);
        free(all[i]);
    }
    return s;
}

int main(void) {
    printf("%u\n", work(opaque_int(16)));
    return 0;
}
