/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception */
// forget: offset
// says: byte 9 of 16
// says: malloc(16) in make
// says: ended: its function returned
#include "verify.h"

NOINLINE static char *make(int n) {
    char *p = malloc(16);
    if (!p)
        exit(1);
    memset(p, n, 16);
    return p + 8;
}

int main(void) {
    char *p = make(5);
    printf("%d\n", p[1]);
    free(p - 8);
    return 0;
}
