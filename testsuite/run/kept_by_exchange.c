/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception */
// run:
// moved: 0
/* An atomic exchange publishes the pointer. */
#include "trap.h"

#include <stdatomic.h>

static _Atomic(char *) held;

NOINLINE static void work(int seed) {
    char *p = malloc(32); // stays
    if (!p)
        exit(1);
    fill(p, 32, seed);
    atomic_exchange(&held, p);
}

int main(void) {
    work(opaque_int(6));
    SCRIBBLE();
    char *q = atomic_load(&held);
    printf("%u\n", digest(q, 32));
    free(q);
    return 0;
}
