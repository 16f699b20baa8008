/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception */
// run:
// moved: 3
/* Scratch rows of a size known at run time, as numeric code has them. */
#include "trap.h"

NOINLINE static double work(int n) {
    size_t size = (size_t)n * sizeof(double);
    double *a = malloc(size);                      // moves
    double *b = calloc((size_t)n, sizeof(double)); // moves
    double *c = malloc(size);                      // moves
    double s = -1;
    if (!a || !b || !c)
        goto out;
    for (int i = 0; i < n; i++)
        a[i] = i + 0.5;
    for (int i = 0; i < n; i++)
        b[i] += a[n - 1 - i];
    for (int i = 0; i < n; i++)
        c[i] = a[i] * b[i];
    s = 0;
    for (int i = 0; i < n; i++)
        s += c[i];
out:
    free(c);
    free(b);
    free(a);
    return s;
}

int main(void) {
    for (int n = 1; n < 2000; n *= 5)
        printf("%g\n", work(opaque_int(n)));
    return 0;
}
