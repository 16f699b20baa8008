/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception */
/* A function another definition may replace frees it: nothing can be taken out there. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

void release(__attribute__((noescape)) void *p) __attribute__((weak));

void release(__attribute__((noescape)) void *p) { // expect: p does not escape // expect: freeing param: p
    free(p);
}

void work(void) {
    char *p = malloc(16); // expect: malloc(16) does not escape; kept on heap: freed by release, which cannot be changed
    if (!p)
        return;
    strcpy(p, "weakly freed");
    puts(p);
    release(p);
}
