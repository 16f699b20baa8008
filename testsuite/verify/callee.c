/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception */
// forget: callee
// says: malloc(16) in make
// says: ended: its function returned
#include "verify.h"

static char *kept;
NOINLINE static void keep(char *p) {
    kept = p;
}

NOINLINE static void make(int n) {
    char *p = malloc(16);
    if (!p)
        exit(1);
    memset(p, n, 16);
    keep(p);
}

int main(void) {
    make(5);
    printf("%d\n", kept[1]);
    free(kept);
    return 0;
}
