/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception */
/* A call through a pointer is no site; of its result nothing is known. */
#include <stdlib.h>

struct Hooks {
    void *(*allocate)(size_t);
    void (*release)(void *);
};

int work(struct Hooks *h) { // expect: h does not escape
    char *p = h->allocate(8);
    if (!p)
        return 0;
    p[0] = 1;
    int v = p[0];
    h->release(p);
    return v;
}
