/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception */
/* A function whose body is at hand keeps it. */
#include <stdlib.h>

char *held;

__attribute__((noinline)) static void keep(char *p) { // expect: leaking param: p
    p[0]++;
    held = p;
}

void work(void) {
    char *p = calloc(1, 8); // expect: calloc(1, 8) escapes to heap: passed to keep, which leaks it
    if (p)
        keep(p);
}
