/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception */
/* Who is called is not known. */
#include <stdlib.h>

void (*hook)(char *p);

void work(void) {
    char *p = malloc(8); // expect: malloc(8) escapes to heap: passed through a function pointer
    if (!p)
        return;
    p[0] = 1;
    hook(p);
    free(p);
}
