// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// Without optimization the promise is about what would be: a wrapper of a wrapper would be inlined.
// args: -O0
#include <escapement/annotate.h>
#include <stdlib.h>

static void *xmalloc(size_t size) { // expect: result of xmalloc is fresh memory
    void *block = malloc(size); // expect-llvm: moved to stack in 1 of 2 places: malloc(size) // expect-gcc: malloc(size) escapes to heap: returned
    if (!block)
        abort();
    return block;
}

static char *text_of(int size) { // expect: result of text_of is fresh memory
    return xmalloc((size_t)size);
}

ESC_NO_ALLOC int digits(int n) {
    char *text = text_of(16);
    int length = 0;
    for (; n; n /= 10)
        text[length++] = (char)('0' + n % 10);
    int last = length ? text[length - 1] : 0;
    free(text);
    return last;
}
