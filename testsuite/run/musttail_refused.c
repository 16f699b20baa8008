/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception */
// not-gcc: GCC 12 has no such attribute, so there is nothing to refuse
// run:
// moved: 0
/* A call that must be a tail call gives the frame back before the callee reads the memory. */
#include "trap.h"

#if defined(__clang__)
#define MUSTTAIL __attribute__((musttail))
#else
#define MUSTTAIL
#endif

NOINLINE static unsigned finish(char *p, int n) {
    SCRIBBLE();
    unsigned s = digest(p, 32) + (unsigned)n;
    free(p);
    return s;
}

NOINLINE static unsigned start(char *unused, int n) {
    (void)unused;
    char *p = malloc(32); // stays
    if (!p)
        exit(1);
    fill(p, 32, n);
    MUSTTAIL return finish(p, n);
}

int main(void) {
    printf("%u\n", start(NULL, opaque_int(5)));
    return 0;
}
