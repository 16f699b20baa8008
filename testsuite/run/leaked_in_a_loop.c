/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception */
// run:
// moved: 1
/* Memory that is never freed may live in the frame: nobody can see that it is gone. */
#include "trap.h"

NOINLINE static unsigned work(int n) {
    unsigned s = 0;
    for (int i = 0; i < n; i++) {
        int *p = malloc(8 * sizeof *p); // moves
        if (!p)
            exit(1);
        fill(p, 8 * sizeof *p, i);
        s = s * 3 + digest(p, 8 * sizeof *p);
    }
    return s;
}

int main(void) {
    printf("%u\n", work(opaque_int(1000)));
    return 0;
}
