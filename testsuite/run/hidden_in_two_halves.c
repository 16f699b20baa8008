/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception */
// run:
// moved: 0
/* A pointer in two halves of half its width. */
#include "trap.h"

static uint32_t high, low;

NOINLINE static void work(int seed) {
    char *p = malloc(32); // stays
    if (!p)
        exit(1);
    fill(p, 32, seed);
    high = (uint32_t)((uint64_t)(uintptr_t)p >> 32);
    low = (uint32_t)(uintptr_t)p;
}

int main(void) {
    work(opaque_int(6));
    SCRIBBLE();
    char *q = (char *)(uintptr_t)((uint64_t)high << 32 | low);
    printf("%u\n", digest(q, 32));
    free(q);
    return 0;
}
