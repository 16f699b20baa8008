/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception */
/* What is reached through the pointee. */
struct Box {
    char *data;
    struct Box *next;
};

char *held;
struct Box *list;

void data(struct Box *b) { // expect: leaking param content: b
    held = b->data;
}

void deeper(struct Box *b) { // expect: leaking param content: b
    held = b->next->data;
}

void both(struct Box *b) { // expect: leaking param: b // expect: leaking param content: b
    held = b->data;
    list = b;
}

int reads(const struct Box *b) { // expect: b does not escape
    return b->data[0] + b->next->data[1];
}
