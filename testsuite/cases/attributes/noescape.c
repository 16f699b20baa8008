/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception */
/* A declaration promises that a parameter does not outlive the call. */
#include <stdlib.h>

int measure(__attribute__((noescape)) const char *p);

int work(int v) {
    char *p = malloc(16); // expect: moved to stack: malloc(16)
    if (!p)
        return 0;
    p[0] = (char)v;
    int n = measure(p);
    free(p);
    return n;
}
