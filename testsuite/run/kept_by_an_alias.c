/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception */
// run:
// moved: 0
/* Two parameters are the same object: stored through one, kept through the other. */
#include "trap.h"

struct Box {
    char *data;
};

static char *held;

NOINLINE static void move(struct Box *a, struct Box *b, char *p) {
    a->data = p;
    held = b->data;
}

NOINLINE static void work(int seed) {
    char *p = malloc(32); // stays
    if (!p)
        exit(1);
    fill(p, 32, seed);
    struct Box box = {NULL};
    move(&box, &box, p);
}

int main(void) {
    work(opaque_int(6));
    SCRIBBLE();
    char *q = held;
    printf("%u\n", digest(q, 32));
    free(q);
    return 0;
}
