/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception */
// run:
// moved: 1
/* The row before is read while the next is written: two of one site live at once.
 * The row before the loop is one: it moves, and its free in the loop is guarded. */
#include "trap.h"

NOINLINE static unsigned work(int n) {
    unsigned *previous = calloc(10, sizeof *previous); // moves
    if (!previous)
        exit(1);
    previous[0] = 1;
    for (int i = 0; i < n; i++) {
        unsigned *current = malloc(10 * sizeof *current); // stays
        if (!current)
            exit(1);
        current[0] = 1;
        for (int k = 1; k < 10; k++)
            current[k] = previous[k] + previous[k - 1];
        free(previous);
        previous = current;
    }
    unsigned s = digest(previous, 10 * sizeof *previous);
    free(previous);
    return s;
}

int main(void) {
    printf("%u\n", work(opaque_int(12)));
    return 0;
}
