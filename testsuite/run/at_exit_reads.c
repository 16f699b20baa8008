/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception */
// run:
// moved: 0
/* What a function registered with atexit reads lives until the end. */
#include "trap.h"

static char *message;

static void farewell(void) {
    printf("%s %u\n", message, digest(message, 20));
}

NOINLINE static void prepare(int n) {
    char *p = malloc(20); // stays
    if (!p)
        exit(1);
    memset(p, 0, 20);
    snprintf(p, 20, "bye %d", n);
    message = p;
    atexit(farewell);
}

int main(void) {
    prepare(opaque_int(8));
    SCRIBBLE();
    return 0;
}
