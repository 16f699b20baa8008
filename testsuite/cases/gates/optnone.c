/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception */
/* A function the user wants left alone is looked at and not touched. */
#include <stdio.h>
#include <stdlib.h>

#if defined(__clang__)
#define UNTOUCHED __attribute__((optnone, noinline))
#else
#define UNTOUCHED __attribute__((optimize("O0"), noinline))
#endif

UNTOUCHED void say(int n) {
    char *p = malloc(16); // expect: malloc(16) does not escape; kept on heap: gave up: the function is not to be optimized
    if (!p)
        return;
    snprintf(p, 16, "%d", n);
    puts(p);
    free(p);
}
