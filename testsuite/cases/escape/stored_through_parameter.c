/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception */
/* Handed out through the caller's pointer. */
#include <stdlib.h>

struct Text {
    char *start;
    size_t size;
};

int out(char **result) { // expect: result does not escape
    char *p = malloc(8); // expect: malloc(8) escapes to heap: stored through parameter result
    if (!p)
        return -1;
    p[0] = 1;
    *result = p;
    return 0;
}

void field(struct Text *t) { // expect: t does not escape
    t->start = malloc(16);   // expect: malloc(16) escapes to heap: stored through parameter t
    t->size = 16;
}
