/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception */
// run:
// moved: 0
/* A callee keeps what hangs in its parameter, and before that what a callback makes of it: the leak of the result names the
 * argument first. */
#include "trap.h"

static char *kept, *made;

NOINLINE static void keep(char *(*callback)(char *), char **slot) {
    made = callback(*slot);
    kept = *slot;
}

NOINLINE static char *one(char *p) {
    return p ? "one" : NULL;
}

NOINLINE static char *two(char *p) {
    return p ? "two" : NULL;
}

NOINLINE static void work(int seed, char *(*callback)(char *)) {
    char *slot[1] = {malloc(32)}; // stays
    if (!slot[0])
        exit(1);
    fill(slot[0], 32, seed);
    keep(callback, slot);
}

int main(void) {
    work(opaque_int(6), opaque_int(0) ? one : two);
    SCRIBBLE();
    printf("%s %u\n", made, digest(kept, 32));
    free(kept);
    return 0;
}
