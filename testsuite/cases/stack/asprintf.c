/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception */
/* asprintf's memory dies here, and only the heap has a form for it. */
#define _GNU_SOURCE
#include <stdio.h>
#include <stdlib.h>

void show(int n) {
    char *p = NULL;
    if (asprintf(&p, "%d", n) < 0) // expect: asprintf(&p, "%d", n) does not escape; kept on heap: no rewrite for this form of asprintf
        return;
    puts(p);
    free(p);
}
