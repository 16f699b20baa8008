/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception */
/* The place of a finding is the first character of the call, casts left out of its text. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

void cast(void) {
    char *p = (char *)malloc(8); // expect(23): moved to stack: malloc(8)
    if (!p)
        return;
    p[0] = 0;
    puts(p);
    free(p);
}

void parenthesised(void) {
    char *p = (malloc)(8); // expect(15): moved to stack: (malloc)(8)
    if (!p)
        return;
    p[0] = 0;
    puts(p);
    free(p);
}

void inner_cast(int n) {
    char *p = malloc((size_t)(n & 7) + 1); // expect(15): moved to stack: malloc((size_t)(n & 7) + 1)
    if (!p)
        return;
    p[0] = 0;
    puts(p);
    free(p);
}

void two_in_one(int c) {
    char *p = c ? malloc(8) : malloc(9); // expect(19): moved to stack: malloc(8) // expect(31): moved to stack: malloc(9)
    if (!p)
        return;
    p[0] = 0;
    puts(p);
    free(p);
}

void assigned_in_condition(void) {
    char *p;
    if ((p = malloc(8)) == NULL) // expect(14): moved to stack: malloc(8)
        return;
    p[0] = 0;
    puts(p);
    free(p);
}
