/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception */
// args: -fplugin-arg-escapement-only=^chosen$
// expect-asm: malloc
/* Only the functions whose name matches are rewritten. */
#include <stdio.h>
#include <stdlib.h>

void chosen(int n) {
    char *p = malloc(16); // expect: moved to stack: malloc(16)
    if (!p)
        return;
    snprintf(p, 16, "%d", n);
    puts(p);
    free(p);
}

void other(int n) {
    char *p = malloc(16); // expect: malloc(16) does not escape; kept on heap: not selected
    if (!p)
        return;
    snprintf(p, 16, "%d", n);
    puts(p);
    free(p);
}
