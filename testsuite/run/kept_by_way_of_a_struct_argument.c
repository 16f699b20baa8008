/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception */
// run:
// moved: 0
/* A struct passed by value carries the pointer into a keeper. */
#include "trap.h"

struct Entry {
    char *data;
    long size, more, words;
};

static struct Entry held;

NOINLINE static void keep(struct Entry e) {
    held = e;
}

NOINLINE static void work(int seed) {
    char *p = malloc(32); // stays
    if (!p)
        exit(1);
    fill(p, 32, seed);
    struct Entry e = {p, 32, 1, 2};
    keep(e);
}

int main(void) {
    work(opaque_int(6));
    SCRIBBLE();
    char *q = held.data;
    printf("%u\n", digest(q, 32));
    free(q);
    return 0;
}
