/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception */
// run:
// moved: 0
/* Kept as a distance from a base that is not a pointer into the object (a compressed pointer). */
#include "trap.h"

static char base[16];
static uint32_t low;
static uint32_t high;

NOINLINE static void work(int v) {
    char *p = malloc(24); // stays
    if (!p)
        exit(1);
    fill(p, 24, v);
    uint64_t distance = (uintptr_t)p - (uintptr_t)base;
    low = (uint32_t)distance;
    high = (uint32_t)(distance >> 32);
}

int main(void) {
    work(opaque_int(7));
    SCRIBBLE();
    char *p = (char *)((uintptr_t)base + ((uint64_t)high << 32 | low));
    printf("%u\n", digest(p, 24));
    free(p);
    return 0;
}
