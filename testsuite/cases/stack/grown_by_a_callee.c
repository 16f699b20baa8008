/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception */
/* A string in a local struct starts small; a callee may reallocate it through a pointer to the
 * pointer (libyaml's scanner). */
#include <stdio.h>
#include <stdlib.h>

struct Text {
    char *start, *next, *end;
};

__attribute__((noinline)) static int grow(struct Text *t) { // expect: t does not escape // expect: freeing param content: t
    size_t size = (size_t)(t->end - t->start), used = (size_t)(t->next - t->start);
    char *bigger = realloc(t->start, size * 2); // expect: realloc(t->start, size * 2) escapes to heap: stored through parameter t
    if (!bigger)
        return 0;
    t->start = bigger;
    t->next = bigger + used;
    t->end = bigger + size * 2;
    return 1;
}

int scan(void) {
    struct Text t;
    t.start = t.next = malloc(16); // expect: moved to stack: malloc(16)
    if (!t.start)
        return -1;
    t.end = t.start + 16;
    for (int c; (c = getchar()) > ' ';) {
        if (t.next + 1 >= t.end && !grow(&t)) {
            free(t.start);
            return -1;
        }
        *t.next++ = (char)c;
    }
    *t.next = 0;
    int n = puts(t.start);
    free(t.start);
    return n;
}
