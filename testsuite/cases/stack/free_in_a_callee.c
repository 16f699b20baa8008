/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception */
/* Freed by a function of this file, static or not: the free is taken out there or guarded. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

__attribute__((noinline)) static void finish(char *p) { // expect: p does not escape // expect: freeing param: p
    puts(p);
    free(p);
}

void by_a_static(void) {
    char *p = malloc(16); // expect: moved to stack: malloc(16)
    if (!p)
        return;
    strcpy(p, "static");
    finish(p);
}

__attribute__((noinline)) void release(char *p) { // expect: p does not escape // expect: freeing param: p
    puts(p);
    free(p);
}

void by_a_global(void) {
    char *p = malloc(24); // expect: moved to stack: malloc(24)
    if (!p)
        return;
    strcpy(p, "global");
    release(p);
}
