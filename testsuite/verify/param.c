/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception */
// forget: param
// says: malloc(16) in fill
// says: ended: its function returned
#include "verify.h"

struct box {
    char *p;
};

NOINLINE static void fill(struct box *b, int n) {
    b->p = malloc(16);
    if (!b->p)
        exit(1);
    memset(b->p, n, 16);
}

int main(void) {
    struct box b;
    fill(&b, 4);
    printf("%d\n", b.p[1]);
    free(b.p);
    return 0;
}
