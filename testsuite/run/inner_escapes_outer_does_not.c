/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception */
// run:
// moved: 1
/* The holder dies here, what it holds lives on. */
#include "trap.h"

struct Box {
    char *data;
    int size;
};

static char *held;

NOINLINE static void work(int v) {
    struct Box *b = malloc(sizeof *b); // moves
    if (!b)
        exit(1);
    b->data = malloc(16); // stays
    b->size = 16;
    if (!b->data)
        exit(1);
    fill(b->data, (size_t)b->size, v);
    held = b->data;
    free(b);
}

int main(void) {
    work(opaque_int(5));
    SCRIBBLE();
    printf("%u\n", digest(held, 16));
    free(held);
    return 0;
}
