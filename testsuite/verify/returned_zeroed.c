/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception */
// forget: returned
// says: moved to stack: calloc(4, 8)
// says: ended: its function returned
#include "verify.h"

NOINLINE static long *make(int n) {
    long *p = calloc(4, 8);
    if (!p)
        exit(1);
    p[1] = n;
    return p;
}

int main(void) {
    long *p = make(7);
    printf("%ld %ld\n", p[0], p[1]);
    free(p);
    return 0;
}
