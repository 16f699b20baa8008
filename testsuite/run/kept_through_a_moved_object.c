/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception */
// run:
// moved: 0
/* A local object holds it, and a callee keeps what the object holds. */
#include "trap.h"

struct Box {
    char *data;
};

static char *held;

NOINLINE static void keep(const struct Box *b) {
    held = b->data;
}

NOINLINE static void work(int seed) {
    char *p = malloc(32); // stays
    if (!p)
        exit(1);
    fill(p, 32, seed);
    struct Box box = {p};
    keep(&box);
}

int main(void) {
    work(opaque_int(6));
    SCRIBBLE();
    char *q = held;
    printf("%u\n", digest(q, 32));
    free(q);
    return 0;
}
