/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception */
// silent: none of these allocates plain memory that is compiled into something
#include <stdio.h>
#include <stdlib.h>

static void *unused(void) {
    return malloc(8);
}

void *(*allocate)(size_t) = malloc;

size_t unevaluated(void) {
    return sizeof(malloc(8));
}

int dead(void) {
    if (0)
        return malloc(8) != NULL;
    return 1;
}

int stream(void) {
    FILE *f = fopen("/dev/null", "r");
    if (!f)
        return -1;
    int c = fgetc(f);
    fclose(f);
    return c;
}
