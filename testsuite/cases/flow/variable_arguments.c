/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception */
/* What a variadic function of this file does with its further arguments is seen through its
 * va_list. */
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

char *kept;

__attribute__((noinline)) static void say(int n, ...) {
    va_list args;
    va_start(args, n);
    while (n-- > 0)
        puts(va_arg(args, char *));
    va_end(args);
}

__attribute__((noinline)) static void complain(const char *format, ...) { // expect: format does not escape
    va_list args;
    va_start(args, format);
    vfprintf(stderr, format, args);
    va_end(args);
}

__attribute__((noinline)) static void keep(int n, ...) {
    va_list args;
    va_start(args, n);
    kept = va_arg(args, char *);
    va_end(args);
}

void work(void) {
    char *p = malloc(8); // expect: moved to stack: malloc(8)
    if (!p)
        return;
    p[0] = 0;
    say(1, p);
    free(p);
}

void report(void) {
    char *p = malloc(8); // expect: moved to stack: malloc(8)
    if (!p)
        return;
    p[0] = 0;
    complain("%s at %d\n", p, 7);
    free(p);
}

void address(void) {
    char *p = malloc(8); // expect: malloc(8) escapes to heap: converted to an integer that escapes
    if (!p)
        return;
    p[0] = 0;
    complain("%s at %p\n", "", p);
    free(p);
}

void lose(void) {
    char *p = malloc(8); // expect: malloc(8) escapes to heap: passed to keep, which leaks it
    if (!p)
        return;
    p[0] = 0;
    keep(1, p);
}
