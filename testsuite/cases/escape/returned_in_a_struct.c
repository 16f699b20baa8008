/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception */
/* Returned by value inside a struct. */
#include <stdlib.h>

struct Text {
    char *start;
    size_t size;
};

struct Text make(void) {
    struct Text t = {malloc(8), 8}; // expect: malloc(8) escapes to heap: returned
    if (t.start)
        t.start[0] = 1;
    return t;
}
