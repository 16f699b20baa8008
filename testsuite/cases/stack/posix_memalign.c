/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception */
/* posix_memalign hands its memory out through a pointer to a local. */
#define _POSIX_C_SOURCE 200809L
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

void page(void) {
    void *p = NULL;
    if (posix_memalign(&p, 64, 256) != 0) // expect: moved to stack: posix_memalign(&p, 64, 256)
        return;
    memset(p, 'x', 255);
    ((char *)p)[255] = 0;
    puts(p);
    free(p);
}
