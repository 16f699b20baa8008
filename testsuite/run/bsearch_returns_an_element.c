/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception */
// run:
// moved: 0
/* bsearch returns a pointer into the array, and that one is returned. */
#include "trap.h"

static int by_value(const void *a, const void *b) {
    int x = *(const int *)a, y = *(const int *)b;
    return (x > y) - (x < y);
}

NOINLINE static int *work(int n) {
    int *a = malloc(8 * sizeof *a); // stays
    if (!a)
        exit(1);
    for (int i = 0; i < 8; i++)
        a[i] = i * 3;
    return bsearch(&n, a, 8, sizeof *a, by_value);
}

int main(void) {
    int *found = work(opaque_int(6));
    SCRIBBLE();
    printf("%d %d\n", *found, found[1]);
    free(found - 2);
    return 0;
}
