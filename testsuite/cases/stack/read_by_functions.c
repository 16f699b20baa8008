/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception */
/* Passed to functions that only read: of this file and of the library. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

__attribute__((noinline)) static int sum(const int *a, int n) { // expect: a does not escape
    int s = 0;
    for (int i = 0; i < n; i++)
        s = s * 3 + a[i];
    return s;
}

int of_four(int x) {
    int *a = malloc(4 * sizeof *a); // expect: moved to stack: malloc(4 * sizeof *a)
    if (!a)
        return 0;
    for (int i = 0; i < 4; i++)
        a[i] = x * i;
    int s = sum(a, 4);
    free(a);
    return s;
}

int compare(const char *s) { // expect: s does not escape
    char *p = malloc(64);    // expect: moved to stack: malloc(64)
    if (!p)
        return 0;
    snprintf(p, 64, "<%s>", s);
    int c = strcmp(p, s) + (int)strspn(p, "<>") + atoi(p + 1);
    free(p);
    return c;
}
