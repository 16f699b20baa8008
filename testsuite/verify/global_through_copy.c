/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception */
// forget: global
// says: malloc(16) in keep
// says: call of a copy of drop_some
// says: ended: its function returned
/* A callee that frees it sometimes is copied; the copy knows the object. */
#include "verify.h"

static char *last;

NOINLINE static void drop_some(char *p, int n) {
    if (n > 2) {
        free(p);
        last = NULL;
    }
}

NOINLINE static void keep(int n) {
    char *p = malloc(16);
    if (!p)
        exit(1);
    memset(p, n, 16);
    last = p;
    drop_some(p, n);
}

int main(void) {
    keep(3);
    printf("%p\n", (void *)last);
    keep(2);
    printf("%d\n", last[1]);
    free(last);
    return 0;
}
