/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception */
/* A body that another definition may replace has no summary. */
#include <stdlib.h>

__attribute__((weak)) int observe(const char *p) { // expect: p does not escape
    return p[0];
}

__attribute__((noinline)) int read_it(const char *p) { // expect: p does not escape
    return p[0];
}

int weakly(int v) {
    char *p = malloc(16); // expect: malloc(16) escapes to heap: passed to observe, whose body is unknown
    if (!p)
        return 0;
    p[0] = (char)v;
    int n = observe(p);
    free(p);
    return n;
}

int surely(int v) {
    char *p = malloc(24); // expect: moved to stack: malloc(24)
    if (!p)
        return 0;
    p[0] = (char)v;
    int n = read_it(p);
    free(p);
    return n;
}
