/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception */
// forget: integer
// says: malloc(16) in make
// says: ended: its function returned
#include "verify.h"
#include <stdint.h>

NOINLINE static uintptr_t make(int n) {
    char *p = malloc(16);
    if (!p)
        exit(1);
    memset(p, n, 16);
    return (uintptr_t)p;
}

int main(void) {
    char *p = (char *)make(5);
    printf("%d\n", p[1]);
    free(p);
    return 0;
}
