/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception */
// run:
// moved: 0
/* Every node of a list built in a loop lives at once: one slot cannot serve them. */
#include "trap.h"

struct Node {
    struct Node *next;
    int value;
};

NOINLINE static int work(int n) {
    struct Node *head = NULL;
    for (int i = 0; i < n; i++) {
        struct Node *node = malloc(sizeof *node); // stays
        if (!node)
            exit(1);
        node->next = head;
        node->value = i * i;
        head = node;
    }
    int s = 0;
    while (head) {
        struct Node *next = head->next;
        s = s * 7 + head->value;
        free(head);
        head = next;
    }
    return s;
}

int main(void) {
    printf("%d\n", work(opaque_int(9)));
    return 0;
}
