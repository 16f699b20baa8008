/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception */
// run:
// moved: 1
/* One free for memory of this function or of the caller's: guarded, or nothing moves. */
#include "trap.h"

NOINLINE static unsigned consume(char *yours, int n) {
    char *p = yours;
    if (!p)
        p = malloc(32); // moves
    if (!p)
        exit(1);
    fill(p, 32, n);
    unsigned s = digest(p, 32);
    free(p);
    return s;
}

int main(void) {
    printf("%u\n", consume(NULL, opaque_int(1)));
    char *p = malloc(32);
    opaque_keep(p);
    printf("%u\n", consume(p, opaque_int(2)));
    return 0;
}
