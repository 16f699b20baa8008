/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception */
/* A variadic function of this file reads it from its va_list. */
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

__attribute__((noinline)) static void say(int n, ...) {
    va_list args;
    va_start(args, n);
    while (n-- > 0)
        puts(va_arg(args, char *));
    va_end(args);
}

void work(void) {
    char *p = malloc(8); // expect: malloc(8) escapes to heap: passed as a variable argument
    if (!p)
        return;
    p[0] = 0;
    say(1, p);
    free(p);
}
