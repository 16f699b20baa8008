/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception */
// run:
// moved: 1 // moved-gcc: 2
/* Each level hands its node down; the levels' nodes live at once, in frames of their own. */
#include "trap.h"

struct Node {
    const struct Node *up;
    int value;
};

NOINLINE static int total(const struct Node *n) {
    int s = 0;
    for (; n; n = n->up)
        s = s * 3 + n->value;
    return s;
}

NOINLINE static int freed(int depth, const struct Node *up) {
    struct Node *n = malloc(sizeof *n); // expect-gcc: moved to stack: malloc(sizeof *n) // imprecise-llvm: moved to stack: malloc(sizeof *n) // today: malloc(sizeof *n) escapes to heap: passed to freed, which leaks it
    if (!n)
        exit(1);
    n->up = up;
    n->value = depth;
    int s = depth ? freed(depth - 1, n) : total(n);
    free(n);
    return s;
}

/* Here the recursion is in tail position: made into a loop it must not share one slot. */
NOINLINE static int leaked(int depth, const struct Node *up) {
    struct Node *n = malloc(sizeof *n); // expect-gcc: moved to stack: malloc(sizeof *n) // imprecise-llvm: moved to stack: malloc(sizeof *n) // today: moved to stack in 1 of 2 places: malloc(sizeof *n)
    if (!n)
        exit(1);
    n->up = up;
    n->value = depth;
    if (!depth)
        return total(n);
    return leaked(depth - 1, n);
}

int main(void) {
    printf("%d %d\n", freed(opaque_int(12), NULL), leaked(opaque_int(12), NULL));
    return 0;
}
