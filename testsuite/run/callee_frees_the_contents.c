/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception */
// run:
// moved: 2
/* A destroy function frees an object and what it holds. */
#define _POSIX_C_SOURCE 200809L
#include "trap.h"

struct Pair {
    char *name;
    int value;
};

NOINLINE static void destroy(struct Pair *p) {
    free(p->name);
    free(p);
}

NOINLINE static unsigned work(const char *name, int value) {
    struct Pair *p = malloc(sizeof *p); // moves
    if (!p)
        return 0;
    p->name = strdup(name); // moves
    p->value = value;
    if (!p->name)
        exit(1);
    p->name[0] = 'X';
    unsigned s = digest(p->name, strlen(p->name)) + (unsigned)p->value;
    destroy(p);
    return s;
}

int main(void) {
    printf("%u %u\n", work("one", opaque_int(1)), work("another name", opaque_int(2)));
    return 0;
}
