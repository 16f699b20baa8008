/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception */
// run:
// moved: 3
/* An object that points to itself, and two that point to each other. */
#include "trap.h"

struct Node {
    struct Node *next, *self;
    int value;
};

NOINLINE static int ring(const struct Node *n, int steps) {
    int s = 0;
    while (steps-- > 0) {
        s = s * 3 + n->self->value;
        n = n->next;
    }
    return s;
}

NOINLINE static int alone(int v) {
    struct Node *n = malloc(sizeof *n); // moves
    if (!n)
        return 0;
    n->next = n->self = n;
    n->value = v;
    int s = ring(n, 3);
    free(n);
    return s;
}

NOINLINE static int two(int v) {
    struct Node *a = malloc(sizeof *a); // moves
    struct Node *b = malloc(sizeof *b); // moves
    if (!a || !b)
        exit(1);
    *a = (struct Node){b, a, v};
    *b = (struct Node){a, b, v + 1};
    int s = ring(a, 5);
    free(b);
    free(a);
    return s;
}

int main(void) {
    printf("%d %d\n", alone(opaque_int(4)), two(opaque_int(5)));
    return 0;
}
