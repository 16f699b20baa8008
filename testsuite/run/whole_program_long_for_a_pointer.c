/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception */
// run:
// args: -fplugin-arg-escapement-whole-program
// moved: 0
/* Real programs call a function that takes a long as one that takes a pointer. */
#include "trap.h"

#include <stdint.h>

static uintptr_t kept;

NOINLINE static int look(const char *text, const char *other) {
    return (int)digest(text, 16) + other[0];
}

NOINLINE static int keep(const char *text, uintptr_t n) {
    kept = n;
    return text[0];
}

static int (*hooks[2])(const char *, const char *) = {look, (int (*)(const char *, const char *))keep};

NOINLINE static void work(int seed) {
    char *p = malloc(16); // stays
    if (!p)
        exit(1);
    fill(p, 16, seed);
    printf("%d\n", hooks[opaque_int(1)](p, p));
}

int main(void) {
    work(opaque_int(3));
    SCRIBBLE();
    printf("%u\n", digest((const char *)kept, 16));
    free((void *)kept);
    return 0;
}
