/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception */
// not-gcc: its own -O3 changes what the program says
// run:
// moved: 0
/* The address is found by comparing: no part of it is ever copied. */
#include "trap.h"

static uintptr_t found;

NOINLINE static void work(int v) {
    char *p = malloc(24); // stays
    if (!p)
        exit(1);
    fill(p, 24, v);
    uintptr_t low = 0;
    for (int i = 62; i >= 0; i--)
        if ((uintptr_t)p >= (low | (uintptr_t)1 << i))
            low |= (uintptr_t)1 << i;
    found = low;
}

int main(void) {
    work(opaque_int(7));
    SCRIBBLE();
    printf("%u\n", digest((char *)found, 24));
    free((char *)found);
    return 0;
}
