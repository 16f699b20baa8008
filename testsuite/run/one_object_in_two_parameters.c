/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception */
// run:
// moved: 1
/* The same object comes in by two parameters: freed by one, it is gone for the other. */
#include "trap.h"

NOINLINE static unsigned merge(char *a, char *b) {
    unsigned s = digest(a, 16) * 7 + digest(b, 16);
    if (a != b)
        free(b);
    free(a);
    return s;
}

NOINLINE static unsigned same(int n) {
    char *p = malloc(16); // moves
    if (!p)
        return 0;
    fill(p, 16, n);
    return merge(p, p);
}

NOINLINE static unsigned different(char *other) {
    return merge(other, opaque_kept());
}

int main(void) {
    char *a = malloc(16), *b = malloc(16);
    if (!a || !b)
        return 1;
    fill(a, 16, 8);
    fill(b, 16, 9);
    opaque_keep(b);
    printf("%u %u\n", same(opaque_int(3)), different(opaque_pointer(a)));
    return 0;
}
