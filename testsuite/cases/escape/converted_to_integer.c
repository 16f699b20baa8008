/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception */
/* A number made from the pointer is followed like a pointer. As text it is out of sight: what %p
 * has printed, scanf makes a pointer again. */
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>

uintptr_t sum;
double number;
char text[40];

void calculated(void) {
    char *p = malloc(8); // expect: malloc(8) escapes to heap: stored in global sum
    if (!p)
        return;
    p[0] = 1;
    sum = (uintptr_t)p * 3;
}

void floating(void) {
    char *p = malloc(9); // expect: malloc(9) escapes to heap: stored in global number
    if (!p)
        return;
    p[0] = 1;
    number = (double)(uintptr_t)p;
}

void printed(void) {
    char *p = malloc(10); // expect: malloc(10) escapes to heap: converted to an integer that escapes
    if (!p)
        return;
    p[0] = 1;
    snprintf(text, sizeof text, "%p", (void *)p);
}
