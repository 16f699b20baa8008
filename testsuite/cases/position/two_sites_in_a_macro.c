/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception */
/* Two sites that come out at the same place with the same text are one line. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define PAIR(a, b) (((a) = malloc(8)) && ((b) = malloc(8)))

void both(void) {
    char *a = NULL, *b = NULL;
    if (PAIR(a, b)) { // expect: moved to stack: PAIR(a, b)
        strcpy(a, "a");
        strcpy(b, "b");
        puts(a);
        puts(b);
    }
    free(a);
    free(b);
}
