/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception */
// run:
// moved: 0
/* A comparison that remembers the largest element it was shown. */
#include "trap.h"

static const int *largest;

static int remember(const void *a, const void *b) {
    const int *x = a, *y = b;
    if (!largest || *x > *largest)
        largest = x;
    return *x - *y;
}

NOINLINE static void work(int n) {
    int *a = malloc(2 * sizeof *a); // stays
    if (!a)
        exit(1);
    a[0] = n;
    a[1] = n + 1;
    bsearch(&a[1], a, 1, sizeof *a, remember);
}

int main(void) {
    work(opaque_int(5));
    SCRIBBLE();
    printf("%d\n", *largest);
    return 0;
}
