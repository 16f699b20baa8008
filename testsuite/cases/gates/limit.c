/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception */
// args: -fplugin-arg-escapement-limit=1
// expect-asm: malloc
/* The first site is moved, those behind it are left. */
#include <stdio.h>
#include <stdlib.h>

void first(int n) {
    char *p = malloc(16); // expect: moved to stack: malloc(16)
    if (!p)
        return;
    snprintf(p, 16, "%d", n);
    puts(p);
    free(p);
}

void second(int n) {
    char *p = malloc(16); // expect: malloc(16) does not escape; kept on heap: not selected
    if (!p)
        return;
    snprintf(p, 16, "%d", n);
    puts(p);
    free(p);
}
