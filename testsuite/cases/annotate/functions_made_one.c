// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// Two functions with the same body, of which GCC keeps one: what the other promised is not kept by that it is gone.
// args: -Os
#include <escapement/annotate.h>
#include <stdlib.h>

extern void use(void *(*allocate)(void *, size_t));

static void *first(void *p, size_t n) {
    if (n == 0) {
        free(p);
        return NULL;
    }
    void *result = realloc(p, n);
    return result;
}

static void *second(void *q, size_t n) {
    if (n == 0) {
        free(q);
        return NULL;
    }
    ESC_MUST_STACK void *result = realloc(q, n);
    // expect-error: functions_made_one.c:23:26: error: escapement: result must be on the stack
    // expect-error: realloc(q, n) escapes to heap: returned
    return result;
}

void give(void) {
    use(first);
    use(second);
}
