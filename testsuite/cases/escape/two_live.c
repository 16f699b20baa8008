/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception */
/* A list built in a loop, rows kept in an array, and the row before: one slot is not enough. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

struct Node {
    struct Node *next;
    int value;
};

void list(int n) {
    struct Node *head = NULL;
    while (n-- > 0) {
        struct Node *node = malloc(sizeof *node); // expect: malloc(sizeof *node) does not escape; kept on heap: two may be live at once in this loop
        if (!node)
            abort();
        node->next = head;
        node->value = n;
        head = node;
    }
    while (head) {
        struct Node *next = head->next;
        printf("%d\n", head->value);
        free(head);
        head = next;
    }
}

void rows(int n) {
    char *all[4];
    n &= 3;
    for (int i = 0; i < n; i++) {
        all[i] = malloc(16); // expect: malloc(16) does not escape; kept on heap: two may be live at once in this loop
        if (!all[i])
            abort();
        snprintf(all[i], 16, "row %d", i);
    }
    for (int i = 0; i < n; i++) {
        puts(all[i]);
        free(all[i]);
    }
}

void row_before(int n) {
    char *before = NULL;
    while (n-- > 0) {
        char *p = malloc(16); // expect: malloc(16) does not escape; kept on heap: two may be live at once in this loop
        if (!p)
            abort();
        snprintf(p, 16, "%d", n);
        if (before) {
            printf("%s %s\n", before, p);
            free(before);
        }
        before = p;
    }
    free(before);
}
