/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception */
/* Allocated on one path only. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

void maybe(int c) {
    char *p = NULL;
    if (c) {
        p = malloc(16); // expect: moved to stack: malloc(16)
        if (!p)
            return;
        strcpy(p, "there");
    }
    puts(p ? p : "not there");
    free(p);
}
