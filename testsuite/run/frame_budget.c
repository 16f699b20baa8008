/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception */
// run:
// moved: 4
/* Four objects of 16 KiB fill the frame's 64 KiB, the fifth stays. */
#include "trap.h"

NOINLINE static unsigned work(int n) {
    char *p[5] = {malloc(16384), malloc(16384), malloc(16384), malloc(16384), malloc(16384)};
    unsigned s = 0;
    for (int i = 0; i < 5; i++) {
        if (!p[i])
            exit(1);
        fill(p[i], 16384, n + i);
    }
    for (int i = 0; i < 5; i++)
        s = s * 3 + digest(p[i], 16384);
    for (int i = 0; i < 5; i++)
        free(p[i]);
    return s;
}

int main(void) {
    printf("%u\n", work(opaque_int(3)));
    return 0;
}
