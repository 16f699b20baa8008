/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception */
// run:
// moved: 3
/* Three allocations, one exit: any of them may be NULL when it is freed. */
#include "trap.h"

NOINLINE static unsigned work(int n) {
    unsigned s = 0;
    char *a = NULL, *b = NULL, *c = NULL;
    a = malloc(16); // moves
    if (!a || n == 1)
        goto out;
    fill(a, 16, n);
    b = malloc(32); // moves
    if (!b)
        goto out;
    fill(b, 32, n + 1);
    if (n == 2)
        goto out;
    c = calloc(1, 64); // moves
    if (!c || n == 3)
        goto out;
    memcpy(c, b, 32);
    memcpy(c + 32, a, 16);
    s = digest(c, 64);
out:
    if (b)
        s += digest(b, 32);
    free(c);
    free(b);
    free(a);
    return s;
}

int main(void) {
    for (int i = 0; i < 5; i++)
        printf("%u\n", work(opaque_int(i)));
    return 0;
}
