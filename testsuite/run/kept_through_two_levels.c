/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception */
// run:
// moved: 0
/* Stored in what a parameter of a parameter points to. */
#include "trap.h"

struct Inner {
    char *data;
};

struct Outer {
    struct Inner *inner;
};

static struct Inner place;

NOINLINE static void put(struct Outer *o, char *p) {
    o->inner->data = p;
}

NOINLINE static void work(int seed) {
    char *p = malloc(32); // stays
    if (!p)
        exit(1);
    fill(p, 32, seed);
    struct Outer o = {&place};
    put(&o, p);
}

int main(void) {
    work(opaque_int(6));
    SCRIBBLE();
    char *q = place.data;
    printf("%u\n", digest(q, 32));
    free(q);
    return 0;
}
