/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception */
// args: -fsanitize=undefined
/* Also the sanitizer that does not watch memory: its checks of object sizes look at allocations. */
#include <stdio.h>
#include <stdlib.h>

void say(int n) {
    char *p = malloc(16); // expect: malloc(16) does not escape; kept on heap: a sanitizer is on
    if (!p)
        return;
    snprintf(p, 16, "%d", n);
    puts(p);
    free(p);
}
