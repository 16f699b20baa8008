/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception */
// run:
// args: -fplugin-arg-escapement-whole-program
// moved: 1
/* Hooks that name one function, and hooks that name two of one type: only the first are calls of
 * it. */
#include "trap.h"

struct hooks {
    void *(*allocate)(size_t size);
    void (*release)(void *p, int really);
    int (*count)(int n);
};

static void *last[2];

NOINLINE static void release_now(void *p, int really) {
    last[0] = p;
    if (really)
        free(p);
}

NOINLINE static void release_later(void *p, int really) {
    last[really] = p;
}

NOINLINE static int twice(int n) {
    return 2 * n;
}

static struct hooks table = {malloc, release_now, twice};

NOINLINE static void through_hooks(const struct hooks *h, int seed) {
    char *p = h->allocate(16);     // moved
    char *kept = h->allocate(24);  // stays
    char *freed = h->allocate(32); // stays
    if (!p || !kept || !freed)
        exit(1);
    fill(p, 16, seed);
    fill(kept, 24, seed + 1);
    fill(freed, 32, seed + 2);
    printf("%u %u %d\n", digest(p, 16), digest(freed, 32), h->count(seed));
    h->release(kept, 0);
    table.release = release_now;
    h->release(freed, 1);
    last[0] = kept;
    free(p);
}

int main(void) {
    if (opaque_int(1))
        table.release = release_later;
    through_hooks(&table, opaque_int(1));
    SCRIBBLE();
    printf("%u\n", digest(last[0], 24));
    free(last[0]);
    return 0;
}
