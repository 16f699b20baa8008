/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception */
/* A thread-local variable keeps it. */
#include <stdlib.h>

_Thread_local char *held;

void keep(void) {
    char *p = malloc(8); // expect: malloc(8) escapes to heap: stored in thread-local held
    if (p)
        p[0] = 1;
    held = p;
}
