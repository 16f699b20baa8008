/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception */
// args: -fplugin-arg-escapement-max-frame=1000
/* All moved objects of a function together. */
#include <stdio.h>
#include <stdlib.h>

void work(void) {
    char *a = malloc(600); // expect: moved to stack: malloc(600)
    char *b = malloc(600); // expect: malloc(600) does not escape; kept on heap: frame budget: 1200 of 1000 bytes
    if (a && b && fgets(a, 600, stdin) && fgets(b, 600, stdin)) {
        puts(b);
        puts(a);
    }
    free(a);
    free(b);
}
