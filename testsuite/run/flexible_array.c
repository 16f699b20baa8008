/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception */
// run:
// moved: 1
/* A header and an array of a size known at run time, in one object. */
#include "trap.h"

struct Packet {
    size_t size;
    unsigned char bytes[];
};

NOINLINE static unsigned work(size_t n) {
    struct Packet *p = malloc(sizeof *p + n); // moves
    if (!p)
        return 0;
    p->size = n;
    fill(p->bytes, n, (int)n);
    unsigned s = digest(p->bytes, p->size);
    free(p);
    return s;
}

int main(void) {
    for (size_t n = 0; n < 1000; n = n * 3 + 1)
        printf("%u\n", work(opaque_size(n)));
    return 0;
}
