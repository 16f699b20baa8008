/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception */
// run:
// moved: 0
/* An element of a local array of pointers is kept. */
#include "trap.h"

static char *held;

NOINLINE static void pick(char *const *all, int i) {
    held = all[i];
}

NOINLINE static void work(int seed) {
    char *p = malloc(32); // stays
    if (!p)
        exit(1);
    fill(p, 32, seed);
    char local[4] = "abc";
    char *all[3] = {local, p, local};
    pick(all, opaque_int(1));
}

int main(void) {
    work(opaque_int(6));
    SCRIBBLE();
    char *q = held;
    printf("%u\n", digest(q, 32));
    free(q);
    return 0;
}
