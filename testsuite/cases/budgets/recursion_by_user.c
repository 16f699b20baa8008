/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception */
// args: -fplugin-arg-escapement-max-recursive=400
/* The user says how much a function that calls itself may have in each frame. */
#include <stdio.h>
#include <stdlib.h>

int count(int n) {
    char *p = malloc(256); // expect: moved to stack: malloc(256)
    if (!p)
        return 0;
    if (!fgets(p, 256, stdin)) {
        free(p);
        return n;
    }
    int r = count(n + 1) + p[0];
    free(p);
    return r;
}
