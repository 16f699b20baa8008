/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception */
/* A source with allocations and flows of which none can be moved. */
#include <stdlib.h>
#include <string.h>

struct Node {
    struct Node *next;
    char name[24];
    double weight[4];
};

static struct Node *head;
extern void visit(struct Node *node, double sum);

struct Node *add(const char *name) {
    struct Node *node = calloc(1, sizeof *node);
    if (!node)
        return NULL;
    strncpy(node->name, name, sizeof node->name - 1);
    node->next = head;
    head = node;
    return node;
}

double total(void) {
    double sum = 0;
    for (struct Node *node = head; node; node = node->next) {
        for (int i = 0; i < 4; i++)
            sum += node->weight[i] * i;
        visit(node, sum);
    }
    return sum;
}

void clear(void) {
    while (head) {
        struct Node *next = head->next;
        free(head);
        head = next;
    }
}
