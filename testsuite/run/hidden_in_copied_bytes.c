/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception */
// run:
// moved: 0
/* memcpy of the pointer itself into an array of bytes. */
#include "trap.h"

static char held[sizeof(char *) + 1];

NOINLINE static void work(int seed) {
    char *p = malloc(32); // stays
    if (!p)
        exit(1);
    fill(p, 32, seed);
    memcpy(held + 1, &p, sizeof p);
}

int main(void) {
    work(opaque_int(6));
    SCRIBBLE();
    char *q;
    memcpy(&q, held + 1, sizeof q);
    printf("%u\n", digest(q, 32));
    free(q);
    return 0;
}
