/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception */
/* Copies of strings: of a constant the size is known, of others it is not. */
#define _POSIX_C_SOURCE 200809L
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

void constant(void) {
    char *p = strdup("constant"); // expect: moved to stack: strdup("constant")
    if (!p)
        return;
    p[0] = 'C';
    puts(p);
    free(p);
}

void any(const char *s) { // expect: s does not escape
    char *p = strdup(s);  // expect: moved to stack up to 256 bytes: strdup(s)
    if (!p)
        return;
    p[0] = 'C';
    puts(p);
    free(p);
}

void bounded(const char *s) { // expect: s does not escape
    char *p = strndup(s, 20); // expect: moved to stack: strndup(s, 20)
    if (!p)
        return;
    p[0] = 'C';
    puts(p);
    free(p);
}

void cut(const char *s, size_t n) { // expect: s does not escape
    char *p = strndup(s, n);        // expect: moved to stack up to 256 bytes: strndup(s, n)
    if (!p)
        return;
    p[0] = 'C';
    puts(p);
    free(p);
}
