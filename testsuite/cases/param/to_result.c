/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception */
/* The result holds the parameter, what it points to, or what that points to. */
struct Box {
    char *data;
    struct Box *next;
};

char *itself(char *p) { // expect: leaking param: p to result ~r0 level=0
    return p;
}

char *past_start(char *p, int n) { // expect: leaking param: p to result ~r0 level=0
    return p + n;
}

char *pointee(struct Box *b) { // expect: leaking param: b to result ~r0 level=1
    return b->data;
}

char *two_steps(struct Box *b) { // expect: leaking param: b to result ~r0 level=2
    return b->next->data;
}

char *either(struct Box *b, char *p, int c) { // expect: leaking param: b to result ~r0 level=1 // expect: leaking param: p to result ~r0 level=0
    return c ? b->data : p;
}

void *dropped(struct Box *b, int c) { // expect: leaking param: b to result ~r0 level=0
    return c ? (void *)b : (void *)b->data;
}

long difference(char *p, char *q) { // expect: p does not escape // expect: q does not escape
    return p - q;
}

struct Box in_a_struct(char *p) { // expect: leaking param: p to result ~r0 level=0
    struct Box b = {p, 0};
    return b;
}
