/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception */
/* What assembly does with an operand is not known. */
#include <stdlib.h>

void work(void) {
    char *p = malloc(8); // expect: malloc(8) escapes to heap: used by inline assembly
    if (!p)
        return;
    p[0] = 1;
    __asm__ volatile(""
                     :
                     : "r"(p)
                     : "memory");
    free(p);
}
