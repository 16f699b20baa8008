/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception */
// run:
// moved: 1
/* A node of the frame is linked into a list for the call and taken out again; the list itself
 * comes from outside, so the node has to stay. One that is only ever in a list of this frame moves. */
#include "trap.h"

struct Node {
    struct Node *next;
    int value;
};

struct List {
    struct Node *first;
};

NOINLINE static void push(struct List *l, struct Node *n) {
    n->next = l->first;
    l->first = n;
}

NOINLINE static int pop(struct List *l) {
    struct Node *n = l->first;
    l->first = n->next;
    return n->value;
}

NOINLINE static int in_the_callers(struct List *l, int v) {
    struct Node *n = malloc(sizeof *n); // stays
    if (!n)
        exit(1);
    n->value = v;
    push(l, n);
    int s = v & 1 ? pop(l) : 0;
    if (v & 1)
        free(n);
    return s;
}

NOINLINE static int in_mine(int v) {
    struct List l = {NULL};
    struct Node *n = malloc(sizeof *n); // moves
    if (!n)
        exit(1);
    n->value = v;
    push(&l, n);
    int s = pop(&l) * 3 + (l.first == NULL);
    free(n);
    return s;
}

int main(void) {
    struct List l = {NULL};
    int s = 0;
    for (int v = 0; v < 6; v++)
        s = s * 3 + in_the_callers(&l, opaque_int(v)) + in_mine(opaque_int(v));
    SCRIBBLE();
    while (l.first) {
        struct Node *n = l.first;
        s = s * 3 + n->value;
        l.first = n->next;
        free(n);
    }
    printf("%d\n", s);
    return 0;
}
