/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception */
/* Whichever of two sites was taken is freed by one call. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

void either(int c) {
    char *p;
    if (c)
        p = malloc(16); // expect: moved to stack: malloc(16)
    else
        p = calloc(1, 32); // expect: moved to stack: calloc(1, 32)
    if (!p)
        return;
    strcpy(p, "either");
    puts(p);
    free(p);
}
