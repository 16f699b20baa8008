/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception */
// run:
// moved: 3
/* A size no machine has still gives NULL, also where small sizes live in the frame. */
#include "trap.h"

NOINLINE static unsigned copy(size_t n) {
    char *p = malloc(n); // moves
    if (!p)
        return 1;
    p[0] = 'x';
    unsigned s = digest(p, 1);
    free(p);
    return s;
}

NOINLINE static unsigned zeroed(size_t n, size_t size) {
    char *p = calloc(n, size); // moves
    if (!p)
        return 2;
    unsigned s = digest(p, n * size);
    free(p);
    return s;
}

NOINLINE static unsigned negative(int n) {
    char *p = malloc((size_t)n); // moves
    if (!p)
        return 3;
    p[0] = 'y';
    unsigned s = digest(p, 1);
    free(p);
    return s;
}

int main(void) {
    printf("%u %u\n", copy(opaque_size(SIZE_MAX / 2 + 8)), copy(opaque_size(10)));
    printf("%u %u\n", copy(opaque_size(SIZE_MAX)), copy(opaque_size(SIZE_MAX - 20)));
    printf("%u %u %u\n", zeroed(opaque_size(SIZE_MAX / 4 + 2), 4), zeroed(opaque_size(3), 4),
           zeroed(opaque_size(0), opaque_size(SIZE_MAX)));
    printf("%u %u\n", negative(opaque_int(-1)), negative(opaque_int(20)));
    return 0;
}
