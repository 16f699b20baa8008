/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception */
// run:
// moved: 0
/* alloca makes a new variable each round: what the old ones hold is still there. */
#include "trap.h"
#include <alloca.h>

struct node {
    struct node *next;
    unsigned char *p;
};

NOINLINE static unsigned list(int n) {
    struct node *head = NULL;
    unsigned sum = 0;
    for (int i = 0; i < n; i++) {
        struct node *x = alloca(sizeof *x);
        x->p = malloc(16); // stays
        if (!x->p)
            exit(1);
        fill(x->p, 16, i);
        x->next = head;
        head = x;
    }
    for (struct node *x = head; x; x = x->next) {
        sum = sum * 3 + digest(x->p, 16);
        free(x->p);
    }
    return sum;
}

NOINLINE static unsigned previous(int n) {
    unsigned char **before = NULL;
    unsigned sum = 0;
    for (int i = 0; i < n; i++) {
        unsigned char **now = alloca(sizeof *now);
        *now = malloc(24); // stays
        if (!*now)
            exit(1);
        fill(*now, 24, i);
        if (before) {
            sum = sum * 3 + digest(*before, 24);
            free(*before);
        }
        before = now;
    }
    if (before)
        free(*before);
    return sum;
}

int main(void) {
    printf("%u\n", list(opaque_int(5)));
    printf("%u\n", previous(opaque_int(5)));
    return 0;
}
