/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception */
// golden-m2
/* One function for each kind of step. */
#define _XOPEN_SOURCE 700
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

struct Node {
    struct Node *next;
    char *name;
};

char *words[8];
_Thread_local char *mine;
struct Node *head;
uintptr_t number;

void assigned(void) {
    char *p;
    p = malloc(1); // expect: malloc(1) escapes to heap: stored in thread-local mine
    mine = p;
}

void in_a_static(int c) {
    static char *last;
    if (last)
        *last = (char)c;
    if (c == 7)
        mine = last;
    last = malloc(2); // expect: malloc(2) escapes to heap: stored in static last
}

void in_an_element(int i) {
    words[i] = malloc(3); // expect: malloc(3) escapes to heap: stored in global words[i]
}

void copied(struct Node *to) {             // expect: to does not escape
    struct Node local = {NULL, malloc(4)}; // expect: malloc(4) escapes to heap: stored through parameter to
    memcpy(to, &local, sizeof local);
}

void cast(void) {
    number = (uintptr_t)malloc(5); // expect: malloc(5) escapes to heap: stored in global number
}

void through_a_field(void) {
    struct Node n;
    n.name = malloc(6); // expect: malloc(6) escapes to heap: stored in global words[0]
    words[0] = n.name;
}

void kept(void) {
    char *p = malloc(7); // expect: malloc(7) escapes to heap: kept by putenv
    if (!p)
        return;
    strcpy(p, "A=B");
    putenv(p);
}

__attribute__((noinline)) static char *second(char *a, char *b) { // expect: a does not escape // expect: leaking param: b to result ~r0 level=0
    *a = 1;
    return b;
}

char *result(char *other) {          // expect: other does not escape // expect: result of result is fresh memory
    return second(other, malloc(8)); // expect: malloc(8) escapes to heap: returned
}
