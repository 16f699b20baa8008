/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception */
// args: -ffreestanding
// silent: malloc is not the C library's
#include <stdio.h>
#include <stdlib.h>

void say(int n) {
    char *p = malloc(16);
    if (!p)
        return;
    snprintf(p, 16, "%d", n);
    puts(p);
    free(p);
}
