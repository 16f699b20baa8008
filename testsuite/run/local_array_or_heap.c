/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception */
// run:
// moved: 1
/* The usual "small in the frame, large on the heap", written by hand: the free is guarded already.
 */
#include "trap.h"

NOINLINE static unsigned work(size_t n) {
    char small[32];
    char *p = n <= sizeof small ? small : malloc(n); // moves
    if (!p)
        return 0;
    fill(p, n, (int)n);
    unsigned s = digest(p, n);
    if (p != small)
        free(p);
    return s;
}

int main(void) {
    for (size_t n = 8; n < 1000; n *= 3)
        printf("%u\n", work(opaque_size(n)));
    return 0;
}
