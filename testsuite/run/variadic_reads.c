/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception */
// run:
// moved: 3
/* Variadic functions of the program that only read what they are given: directly, through another
 * function's va_list, through a copy of it, and as a struct that lies behind a pointer. */
#include "trap.h"
#include <stdarg.h>

struct pair {
    char *text;
    int n;
};

NOINLINE static unsigned total(int n, va_list args) {
    unsigned sum = 0;
    for (int i = 0; i < n; i++) {
        const struct pair *p = va_arg(args, struct pair *);
        sum += digest(p->text, 16) + (unsigned)p->n;
    }
    return sum;
}

NOINLINE static unsigned twice(int n, ...) {
    va_list args, again;
    va_start(args, n);
    va_copy(again, args);
    unsigned sum = total(n, args) + total(n, again);
    va_end(again);
    va_end(args);
    return sum;
}

NOINLINE static void say(const char *format, ...) {
    va_list args;
    va_start(args, format);
    vprintf(format, args);
    va_end(args);
}

NOINLINE static void work(int seed) {
    struct pair *a = malloc(sizeof *a); // moved
    char *text = malloc(16);            // moved
    char *name = malloc(24);            // moved
    if (!a || !text || !name)
        exit(1);
    fill(text, 16, seed);
    a->text = text;
    a->n = seed;
    snprintf(name, 24, "name-%d", seed);
    say("%s %d %.1f %s %d %d %d %s\n", name, 1, 2.5, name, 3, 4, 5, name);
    printf("%u\n", twice(1, a));
    free(name);
    free(text);
    free(a);
}

int main(void) {
    work(opaque_int(1));
    SCRIBBLE();
    work(opaque_int(2));
    return 0;
}
