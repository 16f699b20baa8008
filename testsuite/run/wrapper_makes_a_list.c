/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception */
// run:
// moved: 0
/* The wrapper's loop builds a list: inlined or not, each node needs memory of its own. */
#include "trap.h"

struct Node {
    struct Node *next;
    int value;
};

static inline struct Node *push(struct Node *next, int value) {
    struct Node *n = malloc(sizeof *n); // stays
    if (!n)
        exit(1);
    n->next = next;
    n->value = value;
    return n;
}

NOINLINE static int work(int n) {
    struct Node *list = NULL;
    while (n > 0)
        list = push(list, n--);
    int s = 0;
    for (struct Node *next; list; list = next) {
        s = s * 3 + list->value;
        next = list->next;
        free(list);
    }
    return s;
}

int main(void) {
    printf("%d\n", work(opaque_int(6)));
    return 0;
}
