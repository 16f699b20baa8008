/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception */
// args: -O0
/* Without optimization nothing is moved: the plugin reports what it would say. */
#include <stdio.h>
#include <stdlib.h>

char *held;

void keeps(void) {
    char *p = malloc(8); // expect: malloc(8) escapes to heap: stored in global held
    held = p;
}

void reads(const char *s) { // expect: s does not escape
    puts(s);
}
