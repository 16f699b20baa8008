/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception */
// run:
// moved: 2
/* free(NULL) frees nothing: the holder of the previous round's object is still there after a free that frees the
 * holder in the last round only. */
#include "trap.h"

struct holder {
    unsigned char *p;
    unsigned tag;
};

NOINLINE static unsigned chosen(int n) {
    struct holder *h = malloc(sizeof *h); // moves
    unsigned char *now = NULL;
    unsigned sum = 0;
    if (!h)
        exit(1);
    h->p = NULL;
    for (int i = 0; i <= n; i++) {
        now = malloc(16); // stays
        if (!now)
            exit(1);
        fill(now, 16, i);
        free(i == n ? h : NULL);
        if (i == n)
            break;
        if (h->p) {
            sum = sum * 3 + digest(h->p, 16);
            free(h->p);
        }
        h->p = now;
    }
    sum += digest(now, 16);
    free(now);
    return sum;
}

NOINLINE static unsigned loaded(int n) {
    struct holder h = {NULL, 0}, *other[2] = {NULL, malloc(sizeof h)}; // moves
    unsigned sum = 0;
    if (!other[1])
        exit(1);
    other[1]->p = NULL;
    for (int i = 0; i <= n; i++) {
        unsigned char *now = malloc(24); // stays
        if (!now)
            exit(1);
        fill(now, 24, i);
        if (i == n)
            free(other[1]->p);
        free(other[i == n]);
        if (i == n) {
            free(now);
            break;
        }
        if (other[1]->p) {
            sum = sum * 3 + digest(other[1]->p, 24);
            free(other[1]->p);
        }
        other[1]->p = now;
    }
    return sum;
}

int main(void) {
    printf("%u\n", chosen(opaque_int(4)));
    printf("%u\n", loaded(opaque_int(4)));
    return 0;
}
