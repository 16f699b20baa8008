/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception */
/* Almost fresh: a constant on one path, a pointer inside, one that somebody else holds,
 * one that holds another. */
#include <stdlib.h>

char *held;

struct Text {
    char *start;
};

const char *constant(int c) {
    char *p = c ? malloc(8) : NULL; // expect: malloc(8) escapes to heap: returned
    if (p)
        p[0] = 0;
    return p ? p : "none";
}

char *inside(void) {
    char *p = malloc(8); // expect: malloc(8) escapes to heap: returned
    return p ? p + 4 : NULL;
}

char *shared(void) {
    char *p = malloc(8); // expect: malloc(8) escapes to heap: returned
    held = p;
    return p;
}

struct Text in_a_struct(void) {
    struct Text t = {malloc(8)}; // expect: malloc(8) escapes to heap: returned
    return t;
}

struct Text *holding(void) {
    struct Text *t = malloc(sizeof *t); // expect: malloc(sizeof *t) escapes to heap: returned
    if (!t)
        return NULL;
    t->start = malloc(8); // expect: malloc(8) escapes to heap: stored in malloc(sizeof *t), which escapes
    return t;
}

char *given(char *p, int c) { // expect: leaking param: p to result ~r0 level=0
    return c ? malloc(8) : p; // expect: malloc(8) escapes to heap: returned
}
