/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception */
// run:
// moved: 2
/* One free for whichever of two sites was taken. */
#include "trap.h"

NOINLINE static unsigned work(int n) {
    char *p;
    size_t size;
    if (n & 1) {
        size = 40;
        p = malloc(size); // moves
    } else {
        size = 80;
        p = calloc(1, size); // moves
    }
    if (!p)
        return 0;
    p[n] = (char)n;
    if (n & 1)
        fill(p, size, n);
    unsigned s = digest(p, size);
    free(p);
    return s;
}

int main(void) {
    for (int i = 0; i < 6; i++)
        printf("%u\n", work(opaque_int(i)));
    return 0;
}
