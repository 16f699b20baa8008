/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception */
/* Memory that is never freed, or not on the error path, does not escape by that. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

void forgotten(void) {
    char *p = malloc(16); // expect: moved to stack: malloc(16)
    if (!p)
        return;
    strcpy(p, "forgotten");
    puts(p);
}

int on_error(void) {
    char *p = malloc(24); // expect: moved to stack: malloc(24)
    if (!p)
        return -1;
    if (!fgets(p, 24, stdin))
        return -1;
    int n = puts(p);
    free(p);
    return n;
}
