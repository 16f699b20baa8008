/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception */
// not-gcc: it has no thin LTO
// args: -flto=thin
/* At compile time of a build with link-time optimization. */
#include <stdio.h>
#include <stdlib.h>

void say(int n) {
    char *p = malloc(16); // expect: moved to stack: malloc(16)
    if (!p)
        return;
    snprintf(p, 16, "%d", n);
    puts(p);
    free(p);
}
