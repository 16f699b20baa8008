/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception */
// run:
// args: -fplugin-arg-escapement-whole-program
// moved: 0
/* One of two hooks that release memory keeps it for later instead: what it may get stays, whichever
 * hook made it. */
#include "trap.h"

static char *kept;

NOINLINE static void keep(void *p) {
    free(kept);
    kept = p;
}

static void (*release)(void *p) = free;

NOINLINE static void work(int seed) {
    char *p = malloc(16); // stays
    if (!p)
        exit(1);
    fill(p, 16, seed);
    printf("%u\n", digest(p, 16));
    release(p);
}

int main(void) {
    work(opaque_int(3));
    if (opaque_int(1))
        release = keep;
    work(opaque_int(4));
    SCRIBBLE();
    printf("%u\n", digest(kept, 16));
    free(kept);
    return 0;
}
