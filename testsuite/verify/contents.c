/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception */
// forget: contents
// says: in make
// says: ended: its function returned
/* The second node lies in the first, which is returned. */
#include "verify.h"

struct node {
    struct node *next;
    int value;
};

NOINLINE static struct node *make(int n) {
    struct node *a = malloc(sizeof *a), *b = malloc(sizeof *b);
    if (!a || !b)
        exit(1);
    *b = (struct node){NULL, n};
    *a = (struct node){b, n + 1};
    return a;
}

int main(void) {
    struct node *a = make(5);
    printf("%d\n", a->next->value);
    free(a->next);
    free(a);
    return 0;
}
