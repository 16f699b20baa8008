/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception */
// forget: result
// says: malloc(16) in make
// says: ended: its function returned
#include "verify.h"

NOINLINE static char *same(char *p) {
    p[2] = 1;
    return p;
}

NOINLINE static char *make(int n) {
    char *p = malloc(16);
    if (!p)
        exit(1);
    memset(p, n, 16);
    return same(p);
}

int main(void) {
    char *p = make(5);
    printf("%d\n", p[1]);
    free(p);
    return 0;
}
