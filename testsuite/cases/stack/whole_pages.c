/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception */
/* The older allocators: of an alignment, of a page's alignment, of whole pages. */
#define _GNU_SOURCE
#include <malloc.h>
#include <stdio.h>
#include <stdlib.h>

void aligned(void) {
    char *p = memalign(64, 40); // expect: moved to stack: memalign(64, 40)
    if (!p)
        return;
    if (fgets(p, 40, stdin))
        puts(p);
    free(p);
}

void of_a_page(void) {
    char *p = valloc(40); // expect: valloc(40) does not escape; kept on heap: no rewrite for this form of valloc
    if (!p)
        return;
    if (fgets(p, 40, stdin))
        puts(p);
    free(p);
}

void whole(void) {
    char *p = pvalloc(40); // expect: pvalloc(40) does not escape; kept on heap: no rewrite for this form of pvalloc
    if (!p)
        return;
    if (fgets(p, 40, stdin))
        puts(p);
    free(p);
}

void builtin(void) {
    char *p = __builtin_malloc(40); // expect: moved to stack: __builtin_malloc(40)
    if (!p)
        return;
    if (fgets(p, 40, stdin))
        puts(p);
    __builtin_free(p);
}
