/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception */
/* An object of constant size, written, read and freed in one function. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

void greet(void) {
    char *p = malloc(16); // expect(15): moved to stack: malloc(16)
    if (!p)
        return;
    strcpy(p, "hello");
    puts(p);
    free(p);
}

void zeroed(void) {
    char *p = calloc(4, 8); // expect: moved to stack: calloc(4, 8)
    if (!p)
        return;
    p[0] = 'z';
    puts(p);
    free(p);
}

void aligned(void) {
    char *p = aligned_alloc(64, 128); // expect: moved to stack: aligned_alloc(64, 128)
    if (!p)
        return;
    strcpy(p, "aligned");
    puts(p);
    free(p);
}
