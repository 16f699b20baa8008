/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception */
// run:
// moved: 1
/* The memory is freed by a function that is not inlined. */
#include "trap.h"

NOINLINE static unsigned finish(char *p, int n) {
    unsigned s = digest(p, 24) + (unsigned)n;
    free(p);
    return s;
}

NOINLINE static unsigned work(int n) {
    char *p = malloc(24); // moves
    if (!p)
        return 0;
    fill(p, 24, n);
    return finish(p, n);
}

int main(void) {
    printf("%u %u\n", work(opaque_int(1)), work(opaque_int(2)));
    return 0;
}
