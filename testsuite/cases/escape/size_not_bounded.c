/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception */
// args: -fplugin-arg-escapement-small-buffer=0
/* Without small buffers a size that has no bound stays on the heap. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

void repeat(size_t n) {
    char *p = malloc(n + 1); // expect: malloc(n + 1) does not escape; kept on heap: size is not bounded
    if (!p)
        return;
    memset(p, 'x', n);
    p[n] = 0;
    puts(p);
    free(p);
}
