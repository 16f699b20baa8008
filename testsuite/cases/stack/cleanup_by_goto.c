/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception */
/* Several allocations, one exit that frees whichever there are. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

int both(void) {
    int result = -1;
    char *a = NULL, *b = NULL;
    a = malloc(16); // expect: moved to stack: malloc(16)
    if (!a)
        goto out;
    strcpy(a, "first");
    if (puts(a) < 0)
        goto out;
    b = malloc(32); // expect: moved to stack: malloc(32)
    if (!b)
        goto out;
    strcpy(b, "second");
    result = puts(b);
out:
    free(b);
    free(a);
    return result;
}
