/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception */
// run:
// moved: 0
/* A variadic function of the program keeps what it is given. */
#include "trap.h"
#include <stdarg.h>

static char *slots[4];

NOINLINE static void keep_all(int n, ...) {
    va_list args;
    va_start(args, n);
    for (int i = 0; i < n; i++)
        slots[i] = va_arg(args, char *);
    va_end(args);
}

NOINLINE static void work(int seed) {
    char *a = malloc(16); // stays
    char *b = malloc(24); // stays
    if (!a || !b)
        exit(1);
    fill(a, 16, seed);
    fill(b, 24, seed + 1);
    keep_all(2, a, b);
}

int main(void) {
    work(opaque_int(1));
    SCRIBBLE();
    printf("%u %u\n", digest(slots[0], 16), digest(slots[1], 24));
    free(slots[0]);
    free(slots[1]);
    return 0;
}
