/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception */
// run:
// moved: 1
/* qsort and bsearch with comparisons that keep nothing. */
#include "trap.h"

static int by_value(const void *a, const void *b) {
    int x = *(const int *)a, y = *(const int *)b;
    return (x > y) - (x < y);
}

NOINLINE static int work(int n) {
    int *a = malloc(16 * sizeof *a); // moves
    if (!a)
        return 0;
    for (int i = 0; i < 16; i++)
        a[i] = i * n % 17;
    qsort(a, 16, sizeof *a, by_value);
    int *found = bsearch(&n, a, 16, sizeof *a, by_value);
    int s = found ? (int)(found - a) : -1;
    for (int i = 0; i < 16; i++)
        s = s * 3 + a[i];
    free(a);
    return s;
}

int main(void) {
    printf("%d %d\n", work(opaque_int(5)), work(opaque_int(7)));
    return 0;
}
