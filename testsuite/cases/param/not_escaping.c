/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception */
/* Reading, writing, comparing and passing on to those who do no more. */
#include <stdio.h>
#include <string.h>

struct Pair {
    struct Pair *self, *other;
    char *name;
};

int reads(const char *p) { // expect: p does not escape
    return p[0] + p[1];
}

void writes(char *p) { // expect: p does not escape
    p[0] = 1;
}

int compares(const char *p, const char *q) { // expect: p does not escape // expect: q does not escape
    return p == q;
}

size_t library(const char *p) { // expect: p does not escape
    puts(p);
    return strlen(p);
}

void into_itself(struct Pair *p) { // expect: p does not escape
    p->self = p;
    p->other = p->self;
}

void unused(char *p) { // expect: p does not escape
    (void)p;
}

void unnamed(char *);

void unnamed(char *) {}

int recursive(const struct Pair *p, int n) { // expect: p does not escape
    return n ? recursive(p->other, n - 1) : p->name[0];
}
