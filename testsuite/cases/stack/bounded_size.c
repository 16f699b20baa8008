/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception */
/* A size known only at run time, but with a bound the compiler can see. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

void repeat(unsigned n) {
    size_t size = (n & 63) + 1;
    char *p = malloc(size); // expect: moved to stack: malloc(size)
    if (!p)
        return;
    memset(p, 'x', size - 1);
    p[size - 1] = 0;
    puts(p);
    free(p);
}
