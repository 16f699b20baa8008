/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception */
// run:
// moved: 1
/* The product of calloc's arguments may overflow: NULL, never a short object. */
#include "trap.h"

NOINLINE static unsigned work(size_t n, size_t size) {
    char *p = calloc(n, size); // moves
    if (!p)
        return 1;
    unsigned s = digest(p, n * size);
    fill(p, n * size, (int)n);
    s = s * 3 + digest(p, n * size);
    free(p);
    return s;
}

int main(void) {
    printf("%u\n", work(opaque_size(3), opaque_size(7)));
    printf("%u\n", work(opaque_size(SIZE_MAX / 2 + 2), opaque_size(2)));
    printf("%u\n", work(opaque_size((SIZE_MAX >> 4) + 2), opaque_size(16)));
    printf("%u\n", work(opaque_size(SIZE_MAX), opaque_size(SIZE_MAX)));
    printf("%u\n", work(opaque_size(100), opaque_size(100)));
    printf("%u\n", work(opaque_size(0), opaque_size(5)));
    printf("%u\n", work(opaque_size(16), opaque_size(16)));
    return 0;
}
