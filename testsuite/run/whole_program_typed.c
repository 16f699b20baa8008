/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception */
// run:
// args: -fplugin-arg-escapement-whole-program=typed
// moved: 1
/* A function that keeps a number is not one that is given a pointer: that is promised. */
#include "trap.h"

static unsigned long kept;

NOINLINE static int look(const char *text, const char *other) {
    return (int)digest(text, 16) + other[0];
}

NOINLINE static int look_back(const char *text, const char *other) {
    return text[0] - (int)digest(other, 16);
}

NOINLINE static int count(const char *text, unsigned long n) {
    kept += n;
    return text[0];
}

static int (*lookers[2])(const char *, const char *) = {look, look_back};
static int (*counters[2])(const char *, unsigned long) = {count, count};

NOINLINE static void work(int seed) {
    char *p = malloc(16); // moved
    if (!p)
        exit(1);
    fill(p, 16, seed);
    printf("%d\n", lookers[seed & 1](p, p));
    printf("%d\n", counters[seed & 1](p, (unsigned long)seed));
    free(p);
}

int main(void) {
    work(opaque_int(1));
    work(opaque_int(2));
    printf("%lu\n", kept);
    return 0;
}
