// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// Two functions with the same body: GCC keeps one and makes the other a call of it. What that one allocates is still allocated, by the
// body that is kept.
// args: -Os
#include <stdlib.h>

extern void use(void *(*allocate)(void *, size_t));

static void *first(void *p, size_t n) { // expect: freeing param: p // expect: p does not escape // expect: result of first is fresh memory
    if (n == 0) {
        free(p);
        return NULL;
    }
    return realloc(p, n); // expect: realloc(p, n) escapes to heap: returned
}

static void *second(void *q, size_t n) { // expect: freeing param: q // expect: q does not escape // expect: result of second is fresh memory
    if (n == 0) {
        free(q);
        return NULL;
    }
    return realloc(q, n); // expect: realloc(q, n) escapes to heap: returned
}

void give(void) {
    use(first);
    use(second);
}
