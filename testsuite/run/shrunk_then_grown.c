/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception */
// run:
// moved: 2 // moved-gcc: 3
/* Shrinking gives bytes away; what comes back when it grows again is not promised, the rest is. */
#include "trap.h"

NOINLINE static unsigned work(size_t a, size_t b, size_t c) {
    char *p = malloc(a); // moves
    if (!p)
        exit(1);
    fill(p, a, 1);
    char *q = realloc(p, b); // moves
    if (!q)
        exit(1);
    size_t kept = a < b ? a : b;
    unsigned s = digest(q, kept);
    fill(q, b, 2);
    char *r = realloc(q, c);
    if (!r)
        exit(1);
    kept = b < c ? b : c;
    s = s * 3 + digest(r, kept);
    fill(r, c, 3);
    s = s * 3 + digest(r, c);
    free(r);
    return s;
}

int main(void) {
    size_t sizes[] = {1, 8, 255, 256, 257, 4000};
    unsigned s = 0;
    for (int a = 0; a < 6; a++)
        for (int b = 0; b < 6; b++)
            for (int c = 0; c < 6; c++)
                s = s * 5 + work(opaque_size(sizes[a]), opaque_size(sizes[b]), opaque_size(sizes[c]));
    printf("%u\n", s);
    return 0;
}
