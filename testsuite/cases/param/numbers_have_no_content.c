/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception */
/* Behind a pointer to numbers or characters lies no pointer that could leak, unless the function
 * itself reads one there. */
#include <stdlib.h>
#include <string.h>

struct stream {
    char *next;
    unsigned left;
    void *more;
};

int advance(struct stream *s);

int run(char *text, unsigned *length) { // expect: leaking param: text // expect: length does not escape
    struct stream s = {text, *length, NULL};
    int result = advance(&s);
    *length = s.left;
    return result;
}

char *save(const char *text, size_t n) { // expect: text does not escape
    extern void *get(size_t);
    char *copy = get(n);
    return copy ? memcpy(copy, text, n) : NULL;
}

void *kept;

void unpack(const char *bytes) { // expect: leaking param content: bytes
    kept = *(void *const *)bytes;
}

void keep_all(void **pointers, size_t n) { // expect: leaking param content: pointers
    for (size_t i = 0; i < n; i++)
        kept = pointers[i];
}
