/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception */
// run:
// moved: 1
/* The callee frees on one path only and says so. */
#include "trap.h"

NOINLINE static int try_free(char *p, int n) {
    if (digest(p, 8) % 2 == 0 || n > 3) {
        free(p);
        return 1;
    }
    p[0] ^= 5;
    return 0;
}

NOINLINE static unsigned work(int n) {
    char *p = malloc(8); // moves
    if (!p)
        return 0;
    fill(p, 8, n);
    if (try_free(p, n))
        return 17;
    unsigned s = digest(p, 8);
    free(p);
    return s;
}

int main(void) {
    for (int i = 0; i < 8; i++)
        printf("%u\n", work(opaque_int(i)));
    return 0;
}
