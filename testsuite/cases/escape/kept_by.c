/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception */
/* Functions of the library that keep what they are given. */
#define _XOPEN_SOURCE 700
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

void environment(void) {
    char *p = malloc(16); // expect: malloc(16) escapes to heap: kept by putenv
    if (!p)
        return;
    strcpy(p, "A=B");
    putenv(p);
}

void buffer(FILE *f) {     // expect: f does not escape
    char *p = malloc(512); // expect: malloc(512) escapes to heap: kept by setvbuf
    if (p)
        setvbuf(f, p, _IOFBF, 512);
}

size_t word(const char *s) { // expect: s does not escape
    char *p = malloc(64);    // expect: malloc(64) escapes to heap: kept by strtok
    if (!p)
        return 0;
    snprintf(p, 64, "%s", s);
    char *w = strtok(p, " ");
    return w ? strlen(w) : 0;
}
