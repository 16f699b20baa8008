/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception */
// golden-m2
/* The flow of what a struct holds that is passed and returned in memory. */
#include <stdlib.h>

struct three {
    char *first, *second, *third;
};

struct three whole(struct three x) { // expect: leaking param: x to result ~r0 level=0
    return x;
}

struct three *copy(struct three x) { // expect: leaking param: x
    struct three *h = malloc(sizeof *h); // expect: malloc(sizeof *h) escapes to heap: returned
    if (h)
        *h = x;
    return h;
}
