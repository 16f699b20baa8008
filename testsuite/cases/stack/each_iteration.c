/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception */
/* One slot serves every iteration of a loop that frees what it made. */
#include <stdio.h>
#include <stdlib.h>

void count(int n) {
    for (int i = 0; i < n; i++) {
        char *p = malloc(16); // expect: moved to stack: malloc(16)
        if (!p)
            return;
        snprintf(p, 16, "%d", i);
        puts(p);
        free(p);
    }
}

void until(int n) {
again : {
    char *p = calloc(1, 16); // expect: moved to stack: calloc(1, 16)
    if (!p)
        return;
    snprintf(p, 16, "%d", n);
    puts(p);
    free(p);
}
    if (n-- > 0)
        goto again;
}
