/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception */
// run:
// moved: 3
/* Objects that follow each other may share a slot; the one that lives across them may not. */
#include "trap.h"

NOINLINE static unsigned work(int n) {
    char *across = malloc(40); // moves
    if (!across)
        exit(1);
    fill(across, 40, n);
    unsigned s = 0;
    for (int i = 0; i < n; i++) {
        char *first = calloc(1, 40); // moves
        if (!first)
            exit(1);
        first[i % 40] = across[(i + 1) % 40];
        s = s * 3 + digest(first, 40);
        free(first);
        char *second = calloc(1, 40); // moves
        if (!second)
            exit(1);
        s = s * 3 + digest(second, 40) + digest(across, 40);
        fill(second, 40, i);
        across[i % 40] ^= second[3];
        free(second);
    }
    s = s * 3 + digest(across, 40);
    free(across);
    return s;
}

int main(void) {
    printf("%u\n", work(opaque_int(9)));
    return 0;
}
