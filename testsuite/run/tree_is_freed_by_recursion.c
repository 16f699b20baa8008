/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception */
// run:
// moved: 1
/* A tree's root is made here, and a function that calls itself frees root and leaves alike:
 * it is told which one is not the heap's. */
#include "trap.h"

struct Tree {
    struct Tree *left, *right;
    int value;
};

NOINLINE static int release(struct Tree *t) {
    if (!t)
        return 0;
    int s = t->value + 2 * release(t->left) + 3 * release(t->right);
    free(t);
    return s;
}

NOINLINE static struct Tree *leaf(int v) {
    struct Tree *t = calloc(1, sizeof *t); // stays
    if (!t)
        exit(1);
    t->value = v;
    return t;
}

NOINLINE static int work(int v) {
    struct Tree *root = calloc(1, sizeof *root); // moves
    if (!root)
        exit(1);
    root->value = v;
    root->left = leaf(v + 1);
    if (v & 1)
        root->right = leaf(v + 2);
    return release(root);
}

int main(void) {
    for (int v = 0; v < 4; v++)
        printf("%d\n", work(opaque_int(v)));
    return 0;
}
