/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception */
/* One line for a site, also when its function was inlined into several others. */
#include <stdio.h>
#include <stdlib.h>

static inline void say(int n) {
    char *p = malloc(16); // expect: moved to stack: malloc(16)
    if (!p)
        return;
    snprintf(p, 16, "%d", n);
    puts(p);
    free(p);
}

void a(int n) {
    say(n);
}
void b(int n) {
    say(n + 1);
}
void c(int n) {
    say(n * 2);
    say(n * 3);
}
