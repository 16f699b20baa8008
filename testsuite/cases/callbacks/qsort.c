/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception */
/* The library calls back: what the comparison keeps decides. */
#include <stdio.h>
#include <stdlib.h>

const int *largest;

static int ascending(const void *a, const void *b) { // expect: a does not escape // expect: b does not escape
    return *(const int *)a - *(const int *)b;
}

static int remembering(const void *a, const void *b) { // expect: leaking param: a // expect: b does not escape
    largest = a;
    return *(const int *)a - *(const int *)b;
}

int sorted(int n) {
    int *a = malloc(8 * sizeof *a); // expect: moved to stack: malloc(8 * sizeof *a)
    if (!a)
        return 0;
    for (int i = 0; i < 8; i++)
        a[i] = i * n % 11;
    qsort(a, 8, sizeof *a, ascending);
    int *found = bsearch(&n, a, 8, sizeof *a, ascending);
    int s = found ? *found : a[0];
    free(a);
    return s;
}

void remembered(int n) {
    int *a = malloc(8 * sizeof *a); // expect: malloc(8 * sizeof *a) escapes to heap: passed to remembering, which leaks it
    if (!a)
        return;
    for (int i = 0; i < 8; i++)
        a[i] = i * n % 11;
    qsort(a, 8, sizeof *a, remembering);
}

int *found(int n) {
    int *a = malloc(4 * sizeof *a); // expect: malloc(4 * sizeof *a) escapes to heap: returned
    if (!a)
        return NULL;
    for (int i = 0; i < 4; i++)
        a[i] = i;
    return bsearch(&n, a, 4, sizeof *a, ascending);
}
