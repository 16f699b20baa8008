/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception */
// args: -fplugin-arg-escapement-models=pool.models
/* A line of the user's file that ends without `...` promises nothing of further arguments. */
#include <stdlib.h>

void note(const char *text, ...);

void named(void) {
    char *p = malloc(8); // expect: moved to stack: malloc(8)
    if (!p)
        return;
    p[0] = 0;
    note(p);
    free(p);
}

void further(void) {
    char *p = malloc(8); // expect: malloc(8) escapes to heap: passed as a variable argument
    if (!p)
        return;
    p[0] = 0;
    note("%s", p);
    free(p);
}
