/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception */
// golden-m2
/* Local, but not moved: why. */
#define _POSIX_C_SOURCE 200809L
#include <stdio.h>
#include <stdlib.h>

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

void line(void) {
    size_t room = 80;
    char *text = malloc(room); // expect: malloc(room) does not escape; kept on heap: reallocated by getline
    if (!text)
        return;
    if (getline(&text, &room, stdin) > 0)
        puts(text);
    free(text);
}
