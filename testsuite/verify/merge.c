/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception */
// forget: merge
// says: malloc(16) in make
// says: ended: its function returned
/* One of two is returned, the other one is lost. */
#include "verify.h"

NOINLINE static char *make(int n) {
    char *p = malloc(16), *q = malloc(16);
    if (!p || !q)
        exit(1);
    memset(p, n, 16);
    memset(q, n + 1, 16);
    return n ? p : q;
}

int main(void) {
    char *a = make(0);
    printf("%d\n", a[1]);
    char *b = make(1);
    printf("%d\n", b[1]);
    free(a);
    free(b);
    return 0;
}
