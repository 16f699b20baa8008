/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception */
/* Functions on strings move no pointers; copied memory does when it can hold one. */
#include <string.h>

struct Box {
    char *data;
    int size;
};

struct Point {
    int x, y;
};

void string(char *to, const char *from) { // expect: to does not escape // expect: from does not escape
    strcpy(to, from);
}

void strings(char *to, const char *from) { // expect: to does not escape // expect: from does not escape
    strncpy(to, from, 7);
    strcat(to, from);
}

void boxes(struct Box *to, const struct Box *from) { // expect: to does not escape // expect: leaking param content: from
    memcpy(to, from, sizeof *to);
}

void assigned(struct Box *to, const struct Box *from) { // expect: to does not escape // expect: leaking param content: from
    *to = *from;
}

void points(struct Point *to, const struct Point *from) { // expect: to does not escape // imprecise: from does not escape // today: leaking param content: from
    memcpy(to, from, sizeof *to);
}

void *result(void *to, const void *from) { // expect: leaking param: to to result ~r0 level=0 // expect: from does not escape
    return strcpy(to, from);
}
