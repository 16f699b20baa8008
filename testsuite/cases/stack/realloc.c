/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception */
/* realloc of NULL allocates; realloc of moved memory copies it: to a
 * small buffer, or to the heap when it is too large for that. */
#define _DEFAULT_SOURCE
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

void grown(size_t n) {
    char *p = malloc(8); // expect: moved to stack: malloc(8)
    if (!p)
        return;
    strcpy(p, "short");
    char *q = realloc(p, n + 8); // expect: moved to stack up to 256 bytes: realloc(p, n + 8)
    if (!q) {
        free(p);
        return;
    }
    memset(q + 5, '.', n);
    q[n + 5] = 0;
    puts(q);
    free(q);
}

void from_null(void) {
    char *p = realloc(NULL, 16); // expect: moved to stack: realloc(NULL, 16)
    if (!p)
        return;
    strcpy(p, "from null");
    puts(p);
    free(p);
}

void array(void) {
    char *p = reallocarray(NULL, 4, 4); // expect: moved to stack: reallocarray(NULL, 4, 4)
    if (!p)
        return;
    strcpy(p, "array");
    puts(p);
    free(p);
}
