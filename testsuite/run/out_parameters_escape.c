/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception */
// run:
// moved: 0
/* Handed to the caller through its pointers. */
#define _POSIX_C_SOURCE 200809L
#include "trap.h"

struct Result {
    char *text;
    void *page;
};

NOINLINE static int make(char **out, struct Result *r, int seed) {
    char *p = malloc(16);   // stays
    r->text = strdup("hi"); // stays
    if (!p || !r->text)
        return -1;
    if (posix_memalign(&r->page, 64, 64)) // stays
        return -1;
    fill(p, 16, seed);
    fill(r->page, 64, seed + 1);
    *out = p;
    return 0;
}

int main(void) {
    char *p = NULL;
    struct Result r = {NULL, NULL};
    if (make(&p, &r, opaque_int(5)))
        return 1;
    SCRIBBLE();
    printf("%u %s %u\n", digest(p, 16), r.text, digest(r.page, 64));
    free(p);
    free(r.text);
    free(r.page);
    return 0;
}
