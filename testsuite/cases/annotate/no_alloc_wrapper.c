// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// What a wrapper allocates and its caller frees is in the caller's frame, and no allocation.
#include <escapement/annotate.h>
#include <stdlib.h>

static void *xmalloc(size_t size) { // expect: result of xmalloc is fresh memory
    void *block = malloc(size); // expect: moved to stack: malloc(size)
    if (!block)
        abort();
    return block;
}

ESC_NO_ALLOC int digits(int n) {
    char *text = xmalloc(16);
    int length = 0;
    for (; n; n /= 10)
        text[length++] = (char)('0' + n % 10);
    int last = length ? text[length - 1] : 0;
    free(text);
    return last;
}
