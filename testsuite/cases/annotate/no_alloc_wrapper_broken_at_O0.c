// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// Of two objects of one wrapper one is kept; a size that nobody knows is no slot.
// args: -O0
#include <escapement/annotate.h>
#include <stdlib.h>

char *kept;

static void *xmalloc(size_t size) {
    void *block = malloc(size);
    if (!block)
        abort();
    return block;
}

static void keep(void) {
    kept = xmalloc(8);
}

ESC_NO_ALLOC int first(int n) {
    // expect-error: first promises not to allocate
    // expect-error: flow: keep calls xmalloc
    char *text = xmalloc(16);
    text[0] = (char)n;
    int result = text[0] + 1;
    free(text);
    keep();
    return result;
}

ESC_NO_ALLOC int last(int n) {
    // expect-error: last promises not to allocate
    char *text = xmalloc((size_t)n);
    text[n - 1] = 1;
    int result = text[n - 1] + n;
    free(text);
    return result;
}
