/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception */
// not-gcc: remarks are Clang's
// args: -Rpass=escapement -Rpass-missed=escapement
// expect-stderr: [-Rpass=escapement]
// expect-stderr: [-Rpass-missed=escapement]
/* The same findings are optimization remarks. */
#include <stdio.h>
#include <stdlib.h>

char *held;

void say(int n) {
    char *p = malloc(16); // expect: moved to stack: malloc(16)
    if (!p)
        return;
    snprintf(p, 16, "%d", n);
    puts(p);
    free(p);
}

void keeps(void) {
    held = malloc(8); // expect: malloc(8) escapes to heap: stored in global held
}
