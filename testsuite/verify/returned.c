/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception */
// forget: returned
// says: malloc(32) in make
// says: verdict: moved to stack: malloc(32)
// says: ended: its function returned
// says: #0 main
/* The caller gets the address of a frame that is gone. */
#include "verify.h"

NOINLINE static char *make(int n) {
    char *p = malloc(32);
    if (!p)
        exit(1);
    memset(p, n, 32);
    return p;
}

int main(void) {
    char *p = make(7);
    printf("%d\n", p[5]);
    free(p);
    return 0;
}
