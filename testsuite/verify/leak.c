/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception */
// forget: leak
// says: malloc(16) in make
// says: ended: its function returned
/* What assembly does with a pointer nobody knows. */
#include "verify.h"

NOINLINE static char *make(int n) {
    char *p = malloc(16), *q;
    if (!p)
        exit(1);
    memset(p, n, 16);
    __asm__ volatile("" : "=r"(q) : "0"(p));
    return q;
}

int main(void) {
    char *p = make(5);
    printf("%d\n", p[1]);
    free(p);
    return 0;
}
