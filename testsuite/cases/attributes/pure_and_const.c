/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception */
/* A pure function keeps nothing; its result may be its argument. */
#include <stdlib.h>

__attribute__((pure)) int measure(const char *p);
__attribute__((pure)) const char *skip_blanks(const char *p);

int measured(int v) {
    char *p = malloc(16); // imprecise: moved to stack: malloc(16) // today: malloc(16) escapes to heap: returned
    if (!p)
        return 0;
    p[0] = (char)v;
    int n = measure(p);
    free(p);
    return n;
}

const char *skipped(int v) {
    char *p = malloc(16); // expect: malloc(16) escapes to heap: returned
    if (!p)
        return NULL;
    p[0] = (char)v;
    p[1] = 0;
    return skip_blanks(p);
}
