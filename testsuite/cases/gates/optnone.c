/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception */
// silent: a function the user wants left alone
#include <stdio.h>
#include <stdlib.h>

__attribute__((optnone, noinline)) void say(int n) {
    char *p = malloc(16);
    if (!p)
        return;
    snprintf(p, 16, "%d", n);
    puts(p);
    free(p);
}
