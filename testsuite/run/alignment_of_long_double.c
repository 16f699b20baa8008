/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception */
// run:
// moved: 2 // moved-gcc: 0
/* The strictest scalar type after an object of odd size. */
#include "trap.h"
#include <stddef.h>

NOINLINE static int misaligned(const void *p, size_t to) {
    return ((uintptr_t)p & (to - 1)) != 0;
}

NOINLINE static long double work(int n) {
    char *odd = malloc(13);                 // moves
    long double *d = malloc(3 * sizeof *d); // moves
    if (!odd || !d)
        exit(1);
    fill(odd, 13, n);
    d[0] = n;
    d[1] = odd[12];
    d[2] = misaligned(d, _Alignof(max_align_t)) + misaligned(odd, _Alignof(max_align_t));
    long double s = d[0] * 100 + d[1] + d[2] / 4;
    free(odd);
    free(d);
    return s;
}

int main(void) {
    printf("%Lg\n", work(opaque_int(7)));
    return 0;
}
