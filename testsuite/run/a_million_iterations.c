/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception */
// run:
// moved: 1
// verify: sample=50
/* One slot serves the whole loop: a slot for every iteration would run out of stack. */
#include "trap.h"

NOINLINE static unsigned work(int n) {
    unsigned s = 0;
    for (int i = 0; i < n; i++) {
        char *p = malloc(64); // moves
        if (!p)
            exit(1);
        fill(p, 64, i);
        s = s * 3 + digest(p, 64);
        free(p);
    }
    return s;
}

int main(void) {
    printf("%u\n", work(opaque_int(1000000)));
    return 0;
}
