/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception */
/* #line is followed, for the file and for the line. */
#include <stdio.h>
#include <stdlib.h>

// expect@grammar.y:101(15): moved to stack: malloc(8)
#line 99 "grammar.y"
void work(void) {

    char *p = malloc(8);
    if (!p)
        return;
    p[0] = 0;
    puts(p);
    free(p);
}
