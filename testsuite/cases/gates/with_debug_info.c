/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception */
// args: -g
/* Debug information changes nothing. */
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
