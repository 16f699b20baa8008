/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception */
// forget: unknown
// says: malloc(16) in make
// says: ended: its function returned
/* Another definition may be linked. */
#include "verify.h"

static char *kept;
__attribute__((weak)) void keep(char *p) {
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
