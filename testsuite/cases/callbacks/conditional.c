/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception */
/* What happens to a parameter may depend on a function that is a parameter too. */
#include <stdlib.h>

__attribute__((noinline)) void apply(void (*f)(void *), void *p) { // expect: f does not escape // expect: leaking param: p if f leaks its 1st
    f(p);
}

__attribute__((noinline)) int fold(int (*f)(int, const void *), const char *p, int n) { // expect: f does not escape // expect: leaking param: p if f leaks its 2nd
    int s = 0;
    for (int i = 0; i < n; i++)
        s = f(s, p + i);
    return s;
}

void *held;

static void keep(void *p) { // expect: leaking param: p
    held = p;
}

static void clear(void *p) { // expect: p does not escape
    *(char *)p = 0;
}

static int add(int s, const void *p) { // expect: p does not escape
    return s + *(const char *)p;
}

int reads(void) {
    char *p = calloc(1, 16); // expect: moved to stack: calloc(1, 16)
    if (!p)
        return 0;
    p[0] = 3;
    apply(clear, p);
    int s = fold(add, p, 16);
    free(p);
    return s;
}

void keeps(void) {
    char *p = calloc(1, 8); // expect: calloc(1, 8) escapes to heap: passed to keep, which leaks it
    if (p)
        apply(keep, p);
}
