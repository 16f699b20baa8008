/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception */
// run:
// moved: 0
/* A tagged pointer that stays in a local variable harms nobody. */
#include "trap.h"

NOINLINE static unsigned work(int n) {
    char *p = malloc(32); // imprecise: moved to stack: malloc(32) // today: malloc(32) escapes to heap: returned
    if (!p)
        return 0;
    fill(p, 32, n);
    uintptr_t tagged = (uintptr_t)p | (uintptr_t)(n & 1);
    char *q = (char *)(tagged & ~(uintptr_t)1);
    unsigned s = digest(q, 32) + (unsigned)(tagged & 1);
    free(p);
    return s;
}

int main(void) {
    printf("%u %u\n", work(opaque_int(2)), work(opaque_int(3)));
    return 0;
}
