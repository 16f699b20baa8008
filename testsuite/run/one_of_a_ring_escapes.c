/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception */
// run:
// moved: 0
/* Two objects point to each other and one is kept: both must live on. */
#include "trap.h"

struct Node {
    struct Node *other;
    int value;
};

static struct Node *held;

NOINLINE static void work(int v) {
    struct Node *a = malloc(sizeof *a); // stays
    struct Node *b = malloc(sizeof *b); // stays
    if (!a || !b)
        exit(1);
    *a = (struct Node){b, v};
    *b = (struct Node){a, v + 1};
    held = b;
}

int main(void) {
    work(opaque_int(5));
    SCRIBBLE();
    printf("%d %d\n", held->value, held->other->value);
    free(held->other);
    free(held);
    return 0;
}
