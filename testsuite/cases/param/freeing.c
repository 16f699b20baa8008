/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception */
/* A function that frees its parameter, or what it holds. */
#include <stdlib.h>

struct Box {
    char *data;
    int size;
};

char *held;

void itself(char *p) { // expect: freeing param: p // expect: p does not escape
    free(p);
}

void sometimes(char *p, int c) { // expect: freeing param: p // expect: p does not escape
    if (c)
        free(p);
    else
        p[0] = 1;
}

void content(struct Box *b) { // expect: freeing param content: b // expect: b does not escape
    free(b->data);
    b->data = NULL;
}

void both(struct Box *b) { // expect: freeing param: b // expect: freeing param content: b // expect: b does not escape
    free(b->data);
    free(b);
}

__attribute__((noinline)) void by_callee(struct Box *b) { // expect: freeing param: b // expect: freeing param content: b // expect: b does not escape
    both(b);
}

void keeps_and_frees(char *p, int c) { // expect: freeing param: p // expect: leaking param: p
    if (c)
        free(p);
    else
        held = p;
}

void *grow(void *p, size_t n) { // expect: freeing param: p // expect: p does not escape // expect: result of grow is fresh memory
    return realloc(p, n);       // expect: realloc(p, n) escapes to heap: returned
}
