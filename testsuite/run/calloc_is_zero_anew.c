/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception */
// run:
// moved: 2
/* calloc's memory is zero in every iteration, whatever the iteration before wrote there. */
#include "trap.h"

NOINLINE static unsigned fixed(int n) {
    unsigned s = 0;
    for (int i = 0; i < n; i++) {
        int *p = calloc(6, sizeof *p); // moves
        if (!p)
            exit(1);
        p[i % 6] += i;
        s = s * 5 + digest(p, 6 * sizeof *p);
        free(p);
    }
    return s;
}

NOINLINE static unsigned sized(int n) {
    unsigned s = 0;
    for (int i = 0; i < n; i++) {
        size_t size = (size_t)(i * 37 % 400) + 1;
        char *p = calloc(size, 1); // moves
        if (!p)
            exit(1);
        s = s * 5 + digest(p, size);
        fill(p, size, i);
        s += digest(p, size);
        free(p);
    }
    return s;
}

int main(void) {
    printf("%u %u\n", fixed(opaque_int(100)), sized(opaque_int(100)));
    return 0;
}
