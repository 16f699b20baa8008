/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception */
/* A struct passed by value that holds pointers is a parameter too; levels count from the struct. */
struct Text {
    char *start;
    unsigned long size;
};

struct Large {
    char *start;
    int words[20];
};

struct Numbers {
    int a, b;
};

char *held;

int reads(struct Text t) { // expect: t does not escape
    return t.start[0];
}

void keeps(struct Text t) { // expect: leaking param: t
    held = t.start;
}

char *returns(struct Text t) { // expect: leaking param: t to result ~r0 level=0
    return t.start;
}

void keeps_large(struct Large l) { // expect: leaking param: l
    held = l.start;
}

int no_pointers(struct Numbers n) {
    return n.a * n.b;
}
