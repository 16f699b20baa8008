/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception */
// run:
// moved: 0
/* A pointer printed with %p and read back is the pointer. */
#include "trap.h"

static char text[40];

NOINLINE static void work(int seed) {
    char *p = malloc(16); // stays
    if (!p)
        exit(1);
    fill(p, 16, seed);
    snprintf(text, sizeof text, "%p", (void *)p);
}

int main(void) {
    void *p = NULL;
    work(opaque_int(6));
    SCRIBBLE();
    if (sscanf(text, "%p", &p) != 1)
        return 1;
    printf("%u\n", digest(p, 16));
    free(p);
    return 0;
}
