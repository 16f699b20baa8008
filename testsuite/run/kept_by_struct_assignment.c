/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception */
// run:
// moved: 0
/* A struct that holds the pointer is assigned as a whole. */
#include "trap.h"

struct Entry {
    int tag;
    char *data;
    int size;
};

static struct Entry held;

NOINLINE static void work(int seed) {
    char *p = malloc(32); // stays
    if (!p)
        exit(1);
    fill(p, 32, seed);
    struct Entry e = {1, p, 32};
    held = e;
}

int main(void) {
    work(opaque_int(6));
    SCRIBBLE();
    char *q = held.data;
    printf("%u\n", digest(q, 32));
    free(q);
    return 0;
}
