/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception */
// run:
// moved: 0
/* A pointer taken along bit by bit, by a branch for each: no bit of it is copied. */
#include "trap.h"

static unsigned char bits[64];

NOINLINE static void work(int v) {
    char *p = malloc(24); // stays
    if (!p)
        exit(1);
    fill(p, 24, v);
    for (int i = 0; i < 64; i++) {
        if ((uintptr_t)p >> i & 1)
            bits[i] = 1;
        else
            bits[i] = 0;
    }
}

int main(void) {
    work(opaque_int(7));
    SCRIBBLE();
    uintptr_t p = 0;
    for (int i = 0; i < 64; i++)
        p |= (uintptr_t)bits[i] << i;
    printf("%u\n", digest((char *)p, 24));
    free((char *)p);
    return 0;
}
