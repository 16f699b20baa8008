/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception */
// run:
// moved: 1
// verify: sample=50
/* The same with a size that changes in every iteration. */
#include "trap.h"

NOINLINE static unsigned work(int n) {
    unsigned s = 0;
    for (int i = 0; i < n; i++) {
        size_t size = 1 + (size_t)i % 300;
        char *p = malloc(size); // moves
        if (!p)
            exit(1);
        p[0] = (char)i;
        p[size - 1] = (char)(i / 2);
        s = s * 3 + digest(p, 1) + digest(p + size - 1, 1);
        free(p);
    }
    return s;
}

int main(void) {
    printf("%u\n", work(opaque_int(1000000)));
    return 0;
}
