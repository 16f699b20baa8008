/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception */
// golden-m2
/* A step through a call names the callee and the callee's own step. */
#include <stdlib.h>

char *held;

__attribute__((noinline)) static void keep(char *p) { // expect: leaking param: p
    held = p;
}

__attribute__((noinline)) static char *same(char *p) { // expect: leaking param: p to result ~r0 level=0
    return p;
}

void work(void) {
    char *p = calloc(1, 8); // expect: calloc(1, 8) escapes to heap: passed to keep, which leaks it
    if (!p)
        return;
    char *q = same(p);
    keep(q);
}

void unknown(char *p);

void outside(void) {
    char *p = calloc(1, 9); // expect: calloc(1, 9) escapes to heap: passed to unknown, whose body is unknown
    if (p)
        unknown(p);
}
