/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception */
// run:
// args: -fplugin-arg-escapement-whole-program
// moved: 2
/* Hooks that may be the library's or the program's own: they are swapped while an object lives, the
 * own ones count, and every count and every byte must come out as if nothing had been moved. */
#include "trap.h"

static int allocated, released;

__attribute__((malloc)) static void *count_and_allocate(size_t size) {
    allocated++;
    return malloc(size);
}

static void count_and_release(void *p) {
    released++;
    free(p);
}

static struct {
    void *(*allocate)(size_t size);
    void (*release)(void *p);
} hooks = {malloc, free};

NOINLINE static void choose(int counting) {
    hooks.allocate = counting ? count_and_allocate : malloc;
    hooks.release = counting ? count_and_release : free;
}

NOINLINE static unsigned work(int seed, int before, int after) {
    choose(before);
    char *p = hooks.allocate(48); // moved, for either hook
    if (!p)
        exit(1);
    fill(p, 48, seed);
    choose(after);
    unsigned sum = digest(p, 48);
    hooks.release(p);
    return sum;
}

int main(void) {
    unsigned sum = 0;
    for (int i = 0; i < 400; i++)
        sum += work(i, opaque_int(i & 1), opaque_int(i >> 1 & 1));
    SCRIBBLE();
    printf("%u, %d allocated, %d released\n", sum, allocated, released);
    return 0;
}
