/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception */
// run:
// moved: 0
/* An element is written by counting back from the address behind the last one. */
#include "trap.h"

static char *held;

NOINLINE static void work(int n) {
    char *rows[4] = {0};
    char **end = &rows[n];
    char *p = malloc(32); // stays
    if (!p)
        exit(1);
    fill(p, 32, n);
    end[-1] = p;
    held = rows[3];
}

int main(void) {
    work(opaque_int(4));
    SCRIBBLE();
    printf("%u\n", digest(held, 32));
    free(held);
    return 0;
}
