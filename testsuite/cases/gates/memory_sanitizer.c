/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception */
// not-gcc: it has no such sanitizer
// args: -fsanitize=memory
/* Under a sanitizer nothing moves: its reports must not change. */
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
