/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception */
/* Of several reasons the first of the table is printed. */
#include <stdlib.h>

void consume(char *p);
char *held;

char *all(char **out) {  // expect: out does not escape
    char *p = malloc(8); // expect: malloc(8) escapes to heap: returned
    if (!p)
        return NULL;
    p[0] = 1;
    consume(p);
    held = p;
    *out = p;
    return p;
}

void three(char **out) { // expect: out does not escape
    char *p = malloc(8); // expect: malloc(8) escapes to heap: stored in global held
    if (!p)
        return;
    p[0] = 1;
    consume(p);
    *out = p;
    held = p;
}

void two(char **out) {   // expect: out does not escape
    char *p = malloc(8); // expect: malloc(8) escapes to heap: stored through parameter out
    if (!p)
        return;
    p[0] = 1;
    consume(p);
    *out = p;
}
