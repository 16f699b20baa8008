/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception */
// expect-report: moved to stack
// expect-report: stored in global held
// expect-report: does not escape
/* One JSON object a line for every verdict. */
#include <stdio.h>
#include <stdlib.h>

char *held;

void say(const char *s) { // expect: s does not escape
    char *p = malloc(16); // expect: moved to stack: malloc(16)
    if (!p)
        return;
    snprintf(p, 16, "%s", s);
    puts(p);
    free(p);
}

void keeps(void) {
    held = malloc(8); // expect: malloc(8) escapes to heap: stored in global held
}
