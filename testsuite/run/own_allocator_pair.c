/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception */
// run:
// args: -fplugin-arg-escapement-models=support/pool.models
// moved: 2
/* The user's pair of allocators: what moves leaves the pair alone, what stays uses both. */
#include "trap.h"

NOINLINE static void *pool_get(size_t n) {
    size_t *p = malloc(n + 16);
    if (!p)
        return NULL;
    p[0] = n;
    return p + 2;
}

NOINLINE static void pool_put(void *p) {
    if (p)
        free((size_t *)p - 2);
}

static char *held;

NOINLINE static unsigned local(int n) {
    char *p = pool_get(40); // moves
    if (!p)
        return 0;
    fill(p, 40, n);
    unsigned s = digest(p, 40);
    pool_put(p);
    return s;
}

NOINLINE static unsigned sized(size_t n) {
    char *p = pool_get(n); // moves
    if (!p)
        return 0;
    fill(p, n, (int)n);
    unsigned s = digest(p, n);
    pool_put(p);
    return s;
}

NOINLINE static void keep(int n) {
    held = pool_get(24); // stays
    if (held)
        fill(held, 24, n);
}

int main(void) {
    keep(opaque_int(1));
    printf("%u\n", local(opaque_int(2)));
    for (size_t n = 1; n < 3000; n *= 7)
        printf("%u\n", sized(opaque_size(n)));
    SCRIBBLE();
    printf("%u\n", digest(held, 24));
    pool_put(held);
    return 0;
}
