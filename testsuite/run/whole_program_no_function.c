/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception */
// run:
// args: -fplugin-arg-escapement-whole-program
// moved: 1
/* A hook that nobody sets: the program has no function of its type. Of the other's type it has one,
 * but for the result. */
#include "trap.h"

static char *kept;

struct methods {
    int (*faster)(char *text, int length, char *result);
    long (*look)(char *text);
};

NOINLINE static int keep(char *text) {
    kept = text;
    return text[0];
}

static volatile struct methods methods = {NULL, (long (*)(char *))keep};

NOINLINE static void work(int seed) {
    char *p = malloc(16); // moved
    char *q = malloc(16); // stays
    if (!p || !q)
        exit(1);
    fill(p, 16, seed);
    fill(q, 16, seed + 1);
    if (methods.faster)
        printf("%d\n", methods.faster(p, 16, p));
    printf("%u %d\n", digest(p, 16), (int)methods.look(q));
    free(p);
}

int main(void) {
    work(opaque_int(3));
    SCRIBBLE();
    printf("%u\n", digest(kept, 16));
    free(kept);
    return 0;
}
