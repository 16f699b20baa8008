/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception */
// args: -fPIC -fsemantic-interposition
/* In a shared library another definition may come first: no summary for what can be replaced. */
#include <stdlib.h>

__attribute__((noinline)) int observe(const char *p) { // expect: p does not escape
    return p[0];
}

int work(int v) {
    char *p = malloc(16); // expect: malloc(16) escapes to heap: passed to observe, whose body is unknown
    if (!p)
        return 0;
    p[0] = (char)v;
    int n = observe(p);
    free(p);
    return n;
}
