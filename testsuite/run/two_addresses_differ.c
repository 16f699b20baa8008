/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception */
// run:
// moved: 2
/* Two objects that live at once have two addresses. */
#include "trap.h"

NOINLINE static int same(const void *a, const void *b) {
    return a == b;
}

NOINLINE static unsigned work(int n) {
    char *a = malloc(16); // moves
    char *b = malloc(16); // moves
    if (!a || !b)
        exit(1);
    fill(a, 16, n);
    fill(b, 16, n + 1);
    unsigned s = digest(a, 16) * 3 + digest(b, 16) + (unsigned)same(a, b);
    free(a);
    free(b);
    return s;
}

int main(void) {
    printf("%u\n", work(opaque_int(3)));
    return 0;
}
