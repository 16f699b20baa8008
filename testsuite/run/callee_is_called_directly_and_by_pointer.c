/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception */
// run:
// moved: 1
/* A callee that frees is called by its name with an object of the frame, and through a pointer
 * with one of the heap: two versions of one function. */
#include "trap.h"

static unsigned calls;

NOINLINE static void finish(void *p) {
    calls = calls * 7 + digest(p, 16);
    free(p);
}

NOINLINE static void direct(int v) {
    char *p = malloc(16); // moves
    if (!p)
        exit(1);
    fill(p, 16, v);
    finish(p);
}

NOINLINE static void by_pointer(int v) {
    char *p = malloc(16); // stays
    if (!p)
        exit(1);
    fill(p, 16, v);
    opaque_call(finish, p);
}

int main(void) {
    direct(opaque_int(1));
    by_pointer(opaque_int(2));
    direct(opaque_int(3));
    printf("%u\n", calls);
    return 0;
}
