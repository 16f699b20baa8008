/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception */
/* A static local variable keeps it. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

void keep(const char *s) { // expect: s does not escape
    static char *last;
    if (last)
        puts(last);
    char *p = malloc(64); // expect: malloc(64) escapes to heap: stored in static last
    if (p)
        snprintf(p, 64, "%s", s);
    last = p;
}
