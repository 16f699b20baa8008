/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception */
// forget: global
// says: malloc(16) in keep
// says: ended: its function returned
#include "verify.h"

static char *last;

NOINLINE static void keep(int n) {
    char *p = malloc(16);
    if (!p)
        exit(1);
    memset(p, n, 16);
    last = p;
}

int main(void) {
    keep(3);
    printf("%d\n", last[1]);
    free(last);
    return 0;
}
