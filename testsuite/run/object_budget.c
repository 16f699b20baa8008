/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception */
// run:
// moved: 1
/* 16 KiB may move, one byte more may not. */
#include "trap.h"

NOINLINE static unsigned work(int n) {
    char *fits = malloc(16384);  // moves
    char *large = malloc(16385); // stays
    if (!fits || !large)
        exit(1);
    fill(fits, 16384, n);
    fill(large, 16385, n);
    unsigned s = digest(fits, 16384) + digest(large, 16385) * 3;
    free(fits);
    free(large);
    return s;
}

int main(void) {
    printf("%u\n", work(opaque_int(3)));
    return 0;
}
