/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception */
// run:
// moved: 2
/* Forgotten on the error path: a leak is no escape. */
#include "trap.h"

NOINLINE static unsigned work(int n) {
    char *a = malloc(16); // moves
    if (!a)
        return 0;
    fill(a, 16, n);
    char *b = malloc(24); // moves
    if (!b || n > 5)
        return digest(a, 16);
    fill(b, 24, n);
    unsigned s = digest(a, 16) + digest(b, 24) * 3;
    free(a);
    free(b);
    return s;
}

int main(void) {
    printf("%u %u\n", work(opaque_int(3)), work(opaque_int(9)));
    return 0;
}
