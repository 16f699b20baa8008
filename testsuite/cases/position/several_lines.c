/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception */
/* A call over several lines is folded into one; comments in it become blanks. */
#include <stdio.h>
#include <stdlib.h>

void work(void) {
    char *p = malloc( // expect: moved to stack: malloc( 3 + 5)
        3             /* three */
        + 5);
    if (!p)
        return;
    p[0] = 0;
    puts(p);
    free(p);
}
