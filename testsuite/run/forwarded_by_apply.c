/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception */
// run:
// moved: 0
/* GCC's __builtin_apply gives another function all arguments, none of which the call names. */
#if defined __GNUC__ && !defined __clang__
/* GCC itself does not follow it, and leaves out what is written to the memory. */
#pragma GCC optimize("no-tree-dse,no-ipa-modref,no-tree-pta")
#endif
#include "trap.h"

static char *kept;

NOINLINE void keep(char *p) {
    kept = p;
}

NOINLINE static void forward(char *p) {
#ifdef __clang__ /* has it not */
    keep(p);
#else
    (void)p;
    __builtin_apply((void (*)())keep, __builtin_apply_args(), 64);
#endif
}

NOINLINE static void work(int seed) {
    char *p = malloc(24); // stays
    if (!p)
        exit(1);
    fill(p, 24, seed);
    forward(p);
}

int main(void) {
    work(opaque_int(7));
    SCRIBBLE();
    printf("%u\n", digest(kept, 24));
    free(kept);
    return 0;
}
