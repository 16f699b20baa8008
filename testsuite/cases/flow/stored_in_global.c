/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception */
// golden-m2
/* The explanation of diagnostics: allocation, variable, global. */
#include <stdlib.h>

struct Node {
    struct Node *next;
    int value;
};

struct Node *head;

void push(int value) {
    struct Node *n = malloc(sizeof *n); // expect: malloc(sizeof *n) escapes to heap: stored in global head
    if (!n)
        return;
    n->value = value;
    n->next = head;
    head = n;
}

void direct(void) {
    head = malloc(8); // expect: malloc(8) escapes to heap: stored in global head
}
