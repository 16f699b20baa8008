/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception */
/* One free for this memory and for memory that is not ours: the free is guarded. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

extern char *next_word(void);

void show(int c) {
    char *p = c ? malloc(16) : next_word(); // expect: moved to stack: malloc(16)
    if (!p)
        return;
    if (c)
        strcpy(p, "mine");
    puts(p);
    free(p);
}
