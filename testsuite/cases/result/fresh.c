/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception */
/* On every path a plain allocation nobody else holds, or NULL. */
#include <stdlib.h>
#include <string.h>

struct Node {
    struct Node *self;
    int value;
};

void *checked(size_t n) { // expect: result of checked is fresh memory
    void *p = malloc(n);  // expect: malloc(n) escapes to heap: returned
    if (!p)
        abort();
    return p;
}

char *either(int c) {                       // expect: result of either is fresh memory
    char *p = c ? malloc(8) : calloc(1, 8); // expect: malloc(8) escapes to heap: returned // expect: calloc(1, 8) escapes to heap: returned
    return p;
}

struct Node *linked(void) {             // expect: result of linked is fresh memory
    struct Node *n = malloc(sizeof *n); // expect: malloc(sizeof *n) escapes to heap: returned
    if (n)
        n->self = n;
    return n;
}

void *again(void *p, size_t n) { // expect: result of again is fresh memory // expect: freeing param: p // expect: p does not escape
    return realloc(p, n);        // expect: realloc(p, n) escapes to heap: returned
}

__attribute__((noinline)) char *by_wrapper(void) { // expect: result of by_wrapper is fresh memory
    char *p = checked(4);
    p[0] = 0;
    return p;
}
