/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception */
// args: -fplugin-arg-escapement-max-object=100
/* The user's own limit. */
#include <stdio.h>
#include <stdlib.h>

void fits(void) {
    char *p = malloc(100); // expect: moved to stack: malloc(100)
    if (!p)
        return;
    if (fgets(p, 100, stdin))
        puts(p);
    free(p);
}

void larger(void) {
    char *p = malloc(101); // expect: malloc(101) does not escape; kept on heap: object budget: 101 of 100 bytes
    if (!p)
        return;
    if (fgets(p, 101, stdin))
        puts(p);
    free(p);
}
