/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception */
/* A function of another file may keep what it gets. */
#include <stdlib.h>

void consume(char *p);

void work(void) {
    char *p = malloc(8); // expect: malloc(8) escapes to heap: passed to consume, whose body is unknown
    if (!p)
        return;
    p[0] = 1;
    consume(p);
    free(p);
}
