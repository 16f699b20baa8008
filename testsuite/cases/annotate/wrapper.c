// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// The allocation is in a wrapper, and the promise is about the copy of it that is used here.
#include <escapement/annotate.h>
#include <stdlib.h>

static void *xmalloc(size_t size) { // expect: result of xmalloc is fresh memory
    void *block = malloc(size); // expect: moved to stack: malloc(size)
    if (!block)
        abort();
    return block;
}

int digits(int n) {
    ESC_MUST_STACK char *text = xmalloc(16);
    int length = 0;
    for (; n; n /= 10)
        text[length++] = (char)('0' + n % 10);
    int last = length ? text[length - 1] : 0;
    free(text);
    return last;
}
