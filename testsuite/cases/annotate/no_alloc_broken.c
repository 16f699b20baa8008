// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// The promise of a function is broken two calls below it; the error has the way.
#include <escapement/annotate.h>
#include <stdlib.h>

static void *kept;

static void remember(int n) {
    kept = malloc((size_t)n);
}

static int twice(int n) {
    remember(n);
    return n * 2;
}

ESC_NO_ALLOC int decode(int n) {
    // expect-error: no_alloc_broken.c:17:18: error: escapement: decode promises not to allocate
    // expect-error: flow: decode calls twice
    // expect-error: flow: twice calls remember
    // expect-error: malloc((size_t)n) escapes to heap: stored in global kept
    return twice(n);
}
