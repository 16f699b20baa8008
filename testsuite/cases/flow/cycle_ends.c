/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception */
// golden-m2
/* Pointers that go round in a circle before they get out: the path ends. */
#include <stdlib.h>

struct Node {
    struct Node *next;
};

struct Node *held;

void work(int n) {
    struct Node *a = malloc(sizeof *a);    // expect: malloc(sizeof *a) escapes to heap: stored in global held
    struct Node *b = calloc(1, sizeof *b); // expect: calloc(1, sizeof *b) escapes to heap: stored in global held
    if (!a || !b)
        abort();
    a->next = b;
    b->next = a;
    struct Node *p = a;
    while (n-- > 0)
        p = p->next;
    held = p;
}
