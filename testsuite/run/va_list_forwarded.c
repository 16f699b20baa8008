/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception */
// run:
// moved: 0
/* The arguments travel on in a va_list before one of them is kept. */
#include "trap.h"
#include <stdarg.h>

static char *last;

NOINLINE static void take(int n, va_list *args) {
    while (n-- > 0)
        last = va_arg(*args, char *);
}

NOINLINE static void forward(int n, ...) {
    va_list args;
    va_start(args, n);
    take(n, &args);
    va_end(args);
}

NOINLINE static void work(int seed) {
    char *p = malloc(16); // stays
    if (!p)
        exit(1);
    fill(p, 16, seed);
    forward(1, p);
}

int main(void) {
    work(opaque_int(6));
    SCRIBBLE();
    printf("%u\n", digest(last, 16));
    free(last);
    return 0;
}
