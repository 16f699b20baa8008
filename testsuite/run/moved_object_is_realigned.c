/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception */
// run:
// moved: 1
/* The frame's object is as aligned as malloc's, also when its size asks for less. */
#include "trap.h"

NOINLINE static int aligned(const void *p) {
    return ((uintptr_t)p & 15) == 0;
}

NOINLINE static int work(size_t n) {
    char before = (char)n;
    char *p = malloc(n); // moves
    if (!p)
        exit(1);
    fill(p, n, before);
    int s = aligned(p) * 2 + (digest(p, n) != 0);
    free(p);
    return s;
}

int main(void) {
    for (size_t n = 1; n < 600; n += 37)
        printf("%d\n", work(opaque_size(n)));
    return 0;
}
