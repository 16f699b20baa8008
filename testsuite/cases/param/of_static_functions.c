/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception */
/* Static functions are reported as others are, unless they are not compiled into anything. */
#include <stdio.h>

char *held;

__attribute__((noinline)) static void keep(char *p) { // expect: leaking param: p
    held = p;
}

static void unused(char *p) {
    held = p;
}

static inline int small(const char *p) { // expect: p does not escape
    return p[0];
}

int work(char *p) { // expect: leaking param: p
    keep(p);
    return small(p);
}
