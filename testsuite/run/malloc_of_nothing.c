/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception */
// run:
// moved: 3
/* malloc(0) is not NULL with this C library, and programs rely on it. */
#include "trap.h"

NOINLINE static int sized(size_t n) {
    char *p = malloc(n); // moves
    int there = p != NULL;
    if (n)
        p[0] = 1;
    there += n ? p[0] : 0;
    free(p);
    return there;
}

NOINLINE static int zeroed(size_t n) {
    int *p = calloc(n, sizeof *p); // moves
    int there = p != NULL;
    for (size_t i = 0; i < n; i++)
        there += p[i];
    free(p);
    return there;
}

NOINLINE static int none(void) {
    char *p = malloc(0); // moves
    int there = p != NULL;
    free(p);
    return there;
}

int main(void) {
    printf("%d %d %d\n", sized(opaque_size(0)), sized(opaque_size(1)), sized(opaque_size(1000)));
    printf("%d %d %d\n", zeroed(opaque_size(0)), zeroed(opaque_size(2)), none());
    return 0;
}
