/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception */
// run:
// moved: 3
/* realloc keeps the first bytes when it grows and when it shrinks, and of NULL it is malloc. */
#include "trap.h"

NOINLINE static unsigned work(size_t from, size_t to) {
    char *p = malloc(from); // moves
    if (!p)
        return 0;
    fill(p, from, (int)from);
    char *q = realloc(p, to); // moves
    if (!q) {
        unsigned s = digest(p, from) + 1;
        free(p);
        return s;
    }
    size_t both = from < to ? from : to;
    unsigned s = digest(q, both);
    memset(q, 3, to);
    s += digest(q, to);
    free(q);
    return s;
}

NOINLINE static unsigned from_null(size_t n) {
    char *p = realloc(NULL, n); // moves
    if (!p)
        return 0;
    fill(p, n, 9);
    unsigned s = digest(p, n);
    free(p);
    return s;
}

int main(void) {
    printf("%u\n", work(opaque_size(16), opaque_size(32)));
    printf("%u\n", work(opaque_size(200), opaque_size(5000)));
    printf("%u\n", work(opaque_size(5000), opaque_size(20)));
    printf("%u\n", work(opaque_size(300), opaque_size(400)));
    printf("%u\n", work(opaque_size(40), opaque_size(SIZE_MAX - 64)));
    printf("%u %u\n", from_null(opaque_size(9)), from_null(opaque_size(900)));
    return 0;
}
