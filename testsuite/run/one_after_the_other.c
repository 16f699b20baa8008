/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception */
// run:
// moved: 2
/* One variable, two objects one after the other. */
#include "trap.h"

NOINLINE static unsigned work(int n) {
    char *p = malloc(16); // moves
    if (!p)
        return 0;
    fill(p, 16, n);
    unsigned s = digest(p, 16);
    free(p);
    p = calloc(2, 16); // moves
    if (!p)
        return s;
    s = s * 3 + digest(p, 32);
    free(p);
    return s;
}

int main(void) {
    printf("%u\n", work(opaque_int(3)));
    return 0;
}
