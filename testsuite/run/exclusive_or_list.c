/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception */
// run:
// moved: 0
/* A list whose links are the exclusive or of both neighbours: no pointer is ever stored. */
#include "trap.h"

struct Node {
    uintptr_t link;
    int value;
};

static struct Node *head;

NOINLINE static void push(int value) {
    struct Node *n = malloc(sizeof *n); // stays
    if (!n)
        exit(1);
    n->link = (uintptr_t)head;
    n->value = value;
    if (head)
        head->link ^= (uintptr_t)n;
    head = n;
}

int main(void) {
    for (int i = 0; i < 5; i++) {
        push(opaque_int(i));
        SCRIBBLE();
    }
    uintptr_t before = 0;
    int s = 0;
    for (struct Node *n = head; n;) {
        struct Node *next = (struct Node *)(n->link ^ before);
        s = s * 10 + n->value;
        before = (uintptr_t)n;
        if (next)
            next->link ^= 0;
        n = next;
    }
    printf("%d\n", s);
    for (struct Node *n = head; n;) {
        struct Node *next = (struct Node *)n->link;
        if (next)
            next->link ^= (uintptr_t)n;
        free(n);
        n = next;
    }
    return 0;
}
