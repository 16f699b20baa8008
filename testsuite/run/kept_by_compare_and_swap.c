/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception */
// run:
// moved: 0
/* So does a compare-and-swap. */
#include "trap.h"

#include <stdatomic.h>

static _Atomic(uintptr_t) held;

NOINLINE static void work(int seed) {
    char *p = malloc(32); // stays
    if (!p)
        exit(1);
    fill(p, 32, seed);
    uintptr_t expected = 0;
    atomic_compare_exchange_strong(&held, &expected, (uintptr_t)p);
}

int main(void) {
    work(opaque_int(6));
    SCRIBBLE();
    char *q = (char *)atomic_load(&held);
    printf("%u\n", digest(q, 32));
    free(q);
    return 0;
}
