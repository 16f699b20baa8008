/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception */
// run:
// moved: 0
/* Assembly stores the pointer where no compiler looks. */
#include "trap.h"

char *asm_held;

NOINLINE static void work(int n) {
    char *p = malloc(24); // stays
    if (!p)
        exit(1);
    fill(p, 24, n);
#if defined(__x86_64__)
    __asm__ volatile("movq %1, %0"
                     : "=m"(asm_held)
                     : "r"(p)
                     : "memory");
#else
    asm_held = p;
#endif
}

int main(void) {
    work(opaque_int(3));
    SCRIBBLE();
    printf("%u\n", digest(asm_held, 24));
    free(asm_held);
    return 0;
}
