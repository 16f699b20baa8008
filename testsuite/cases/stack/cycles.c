/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception */
/* Objects that point to themselves and to each other die together. */
#include <stdio.h>
#include <stdlib.h>

struct Node {
    struct Node *next;
    int value;
};

void alone(int v) {
    struct Node *n = malloc(sizeof *n); // expect: moved to stack: malloc(sizeof *n)
    if (!n)
        return;
    n->next = n;
    n->value = v;
    printf("%d\n", n->next->next->value);
    free(n);
}

void two(int v) {
    struct Node *a = malloc(sizeof *a); // expect: moved to stack: malloc(sizeof *a)
    struct Node *b = malloc(sizeof *b); // expect: moved to stack: malloc(sizeof *b)
    if (!a || !b)
        abort();
    a->next = b;
    b->next = a;
    a->value = v;
    b->value = v + 1;
    for (struct Node *n = a; v-- > 0; n = n->next)
        printf("%d\n", n->value);
    free(b);
    free(a);
}
