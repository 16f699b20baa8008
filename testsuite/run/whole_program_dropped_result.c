/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception */
// run:
// args: -fplugin-arg-escapement-whole-program
// moved: 0
/* A function that keeps what it gets and returns fresh memory is called for what it keeps: its
 * result is dropped, the type is its own. */
#include "trap.h"

static char *kept;

NOINLINE static void *keep(void *p) {
    char *token = malloc(8); // stays
    if (!token)
        exit(1);
    token[0] = 1;
    kept = p;
    return token;
}

NOINLINE static void *other(void *p) {
    return p;
}

static void *(*hooks[2])(void *p) = {other, keep};

NOINLINE static void work(int seed) {
    char *p = malloc(16); // stays
    if (!p)
        exit(1);
    fill(p, 16, seed);
    hooks[opaque_int(1)](p);
}

int main(void) {
    work(opaque_int(3));
    SCRIBBLE();
    printf("%u\n", digest(kept, 16));
    free(kept);
    return 0;
}
