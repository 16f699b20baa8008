/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception */
/* With a comparison nobody knows, the array may be kept. */
#include <stdlib.h>

int order(const void *a, const void *b);

void sorted(int n) {
    int *a = malloc(8 * sizeof *a); // expect: malloc(8 * sizeof *a) escapes to heap: passed to order, whose body is unknown
    if (!a)
        return;
    for (int i = 0; i < 8; i++)
        a[i] = i * n % 11;
    qsort(a, 8, sizeof *a, order);
    free(a);
}

void given(int *a, int (*compare)(const void *, const void *)) { // expect: leaking param: a if compare leaks its 1st // expect: leaking param: a if compare leaks its 2nd // expect: compare does not escape
    qsort(a, 8, sizeof *a, compare);
}
