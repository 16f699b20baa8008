/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception */
/* A function that calls setjmp may return twice to the same place, and is left alone. */
#include <setjmp.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

jmp_buf back;

void work(void) {
    char *p = malloc(16); // expect: malloc(16) does not escape; kept on heap: the function may return twice
    if (!p)
        return;
    strcpy(p, "twice");
    if (setjmp(back) == 0)
        puts("first");
    puts(p);
    free(p);
}
