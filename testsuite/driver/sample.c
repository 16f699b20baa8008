/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception */
/* The source most driver tests compile: one allocation that moves, one that is returned, one in a global. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

char *last;

int digits(int n) {
    char *text = malloc(64);
    if (!text)
        return -1;
    snprintf(text, 64, "%d", n);
    int length = (int)strlen(text);
    free(text);
    return length;
}

char *label(int n) {
    char *text = malloc(32);
    if (text)
        snprintf(text, 32, "label %d", n);
    return text;
}

void keep(int n) {
    last = malloc(16);
    if (last)
        snprintf(last, 16, "%d", n);
}
