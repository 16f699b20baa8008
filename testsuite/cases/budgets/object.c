/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception */
/* One object may take 16384 bytes. */
#include <stdio.h>
#include <stdlib.h>

void fits(void) {
    char *p = malloc(16384); // expect: moved to stack: malloc(16384)
    if (!p)
        return;
    if (fgets(p, 16384, stdin))
        puts(p);
    free(p);
}

void larger(void) {
    char *p = malloc(16385); // expect: malloc(16385) does not escape; kept on heap: object budget: 16385 of 16384 bytes
    if (!p)
        return;
    if (fgets(p, 16385, stdin))
        puts(p);
    free(p);
}
