/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception */
// run:
// moved: 0
/* A pointer copied byte by byte through a loop. */
#include "trap.h"

static unsigned char held[sizeof(char *)];

NOINLINE static void work(int seed) {
    char *p = malloc(32); // stays
    if (!p)
        exit(1);
    fill(p, 32, seed);
    for (size_t i = 0; i < sizeof p; i++)
        held[i] = ((unsigned char *)&p)[i];
}

int main(void) {
    work(opaque_int(6));
    SCRIBBLE();
    char *q;
    memcpy(&q, held, sizeof q);
    printf("%u\n", digest(q, 32));
    free(q);
    return 0;
}
