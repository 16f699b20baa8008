/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception */
// run:
// moved: 0
/* memcpy of a struct moves the pointers in it. */
#include "trap.h"

struct Entry {
    int tag;
    char *data;
    int size;
};

static struct Entry held[3];

NOINLINE static void work(int seed) {
    char *p = malloc(32); // stays
    if (!p)
        exit(1);
    fill(p, 32, seed);
    struct Entry e = {1, p, 32};
    memcpy(&held[opaque_int(1)], &e, sizeof e);
}

int main(void) {
    work(opaque_int(6));
    SCRIBBLE();
    char *q = held[1].data;
    printf("%u\n", digest(q, 32));
    free(q);
    return 0;
}
