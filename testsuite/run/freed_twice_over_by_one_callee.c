/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception */
// run:
// moved: 2
/* One callee releases two things, of which the caller owns both, one, or none on the stack. */
#include "trap.h"

struct Pair {
    char *left, *right;
};

NOINLINE static unsigned release(struct Pair *p, int which) {
    unsigned s = digest(p->left, 24) * 3 + digest(p->right, 24);
    if (which & 1) {
        free(p->left);
        p->left = NULL;
    }
    if (which & 2) {
        free(p->right);
        p->right = NULL;
    }
    return s;
}

static char *outside[2];

NOINLINE static void prepare(void) {
    for (int i = 0; i < 2; i++) {
        outside[i] = malloc(24);
        if (!outside[i])
            exit(1);
        fill(outside[i], 24, i + 90);
    }
}

NOINLINE static unsigned both(int which) {
    struct Pair p = {malloc(24), malloc(24)}; // moves
    if (!p.left || !p.right)
        exit(1);
    fill(p.left, 24, 1);
    fill(p.right, 24, 2);
    unsigned s = release(&p, which);
    free(p.left);
    free(p.right);
    return s;
}

NOINLINE static unsigned none(int which) {
    struct Pair p = {outside[0], outside[1]};
    unsigned s = release(&p, which);
    outside[0] = p.left;
    outside[1] = p.right;
    return s;
}

int main(void) {
    unsigned s = 0;
    for (int which = 0; which < 4; which++)
        s = s * 5 + both(opaque_int(which));
    for (int which = 0; which < 4; which++) {
        prepare();
        s = s * 5 + none(opaque_int(which));
        free(outside[0]);
        free(outside[1]);
    }
    printf("%u\n", s);
    return 0;
}
