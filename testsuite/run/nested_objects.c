/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception */
// run:
// moved: 3
// allocs: plain 3 plugin 0
/* Objects that hold objects, all local, taken apart at the end. */
#include "trap.h"

struct Leaf {
    int value[4];
};

struct Branch {
    struct Leaf *leaf;
    int n;
};

struct Tree {
    struct Branch *branch;
};

NOINLINE static int measure(const struct Tree *t) {
    int s = 0;
    for (int i = 0; i < t->branch->n; i++)
        s = s * 7 + t->branch->leaf->value[i];
    return s;
}

NOINLINE static int work(int n) {
    struct Tree *t = malloc(sizeof *t); // moves
    if (!t)
        return 0;
    t->branch = malloc(sizeof *t->branch); // moves
    if (!t->branch) {
        free(t);
        return 0;
    }
    t->branch->n = 4;
    t->branch->leaf = calloc(1, sizeof *t->branch->leaf); // moves
    if (!t->branch->leaf) {
        free(t->branch);
        free(t);
        return 0;
    }
    t->branch->leaf->value[n & 3] = n;
    int s = measure(t);
    free(t->branch->leaf);
    free(t->branch);
    free(t);
    return s;
}

int main(void) {
    printf("%d\n", work(opaque_int(6)));
    return 0;
}
