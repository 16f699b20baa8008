/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception */
// run:
// moved: 0
/* A pointer taken apart with shifts. */
#include "trap.h"

static unsigned char held[sizeof(uintptr_t)];

NOINLINE static void work(int seed) {
    char *p = malloc(32); // stays
    if (!p)
        exit(1);
    fill(p, 32, seed);
    uintptr_t bits = (uintptr_t)p;
    for (size_t i = 0; i < sizeof bits; i++)
        held[i] = (unsigned char)(bits >> (8 * i));
}

int main(void) {
    work(opaque_int(6));
    SCRIBBLE();
    uintptr_t bits = 0;
    for (size_t i = 0; i < sizeof bits; i++)
        bits |= (uintptr_t)held[i] << (8 * i);
    char *q = (char *)bits;
    printf("%u\n", digest(q, 32));
    free(q);
    return 0;
}
