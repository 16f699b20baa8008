/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception */
/* A pointer copied as bytes or through a union is still a pointer. */
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

union Word {
    char *pointer;
    uintptr_t bits;
};

char bytes[sizeof(char *)];
char *held;

void copied(void) {
    char *p = malloc(8); // expect: malloc(8) escapes to heap: stored in global bytes
    if (!p)
        return;
    p[0] = 1;
    memcpy(bytes, &p, sizeof p);
}

void through_a_union(void) {
    union Word w;
    w.pointer = malloc(8); // expect: malloc(8) escapes to heap: stored in global held
    if (!w.pointer)
        return;
    w.pointer[0] = 1;
    held = (char *)w.bits;
}
