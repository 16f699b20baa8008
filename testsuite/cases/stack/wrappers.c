/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception */
/* A checked wrapper whose body is at hand: the allocation inside it is the site. */
#define _POSIX_C_SOURCE 200809L
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static void *xmalloc(size_t n) { // expect: result of xmalloc is fresh memory
    void *p = malloc(n);         // expect: moved to stack: malloc(n)
    if (!p)
        abort();
    return p;
}

static char *xstrdup(const char *s) { // expect: result of xstrdup is fresh memory // expect: s does not escape
    char *p = strdup(s);              // expect: moved to stack: strdup(s)
    if (!p)
        abort();
    return p;
}

void one(void) {
    char *p = xmalloc(16);
    strcpy(p, "wrapped");
    puts(p);
    free(p);
}

void two(void) {
    char *p = xstrdup("a constant");
    p[0] = 'A';
    puts(p);
    free(p);
}
