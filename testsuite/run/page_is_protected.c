/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception */
// run:
// moved: 0
/* A page that nobody may write any more stays one after its function is gone: it must not be one of
 * the stack. */
#include "trap.h"

#include <sys/mman.h>

NOINLINE static unsigned work(int seed) {
    char *p = aligned_alloc(4096, 4096); // stays
    if (!p)
        exit(1);
    fill(p, 4096, seed);
    if (mprotect(p, 4096, PROT_READ))
        exit(1);
    return digest(p, 4096);
}

int main(void) {
    unsigned sum = work(opaque_int(6));
    SCRIBBLE();
    printf("%u\n", sum);
    return 0;
}
