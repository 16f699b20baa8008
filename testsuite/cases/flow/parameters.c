/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception */
// golden-m2
/* Why a parameter leaks. */
struct Box {
    char *data;
};

char *held;

void content(struct Box *b) { // expect: leaking param content: b
    char *d = b->data;
    held = d;
}

char *result(struct Box *b) { // expect: leaking param: b to result ~r0 level=1
    return b->data;
}

void other(char *p, char **out) { // expect: leaking param: p // expect: out does not escape
    *out = p;
}
