/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception */
/* A program around sample.c. */
#include <stdio.h>
#include <stdlib.h>

extern char *last;
int digits(int n);
char *label(int n);
void keep(int n);

int main(void) {
    char *text = label(7);
    keep(42);
    printf("%d %s %s\n", digits(12345), text ? text : "-", last ? last : "-");
    free(text);
    free(last);
    return 0;
}
