/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
 *
 * out.c - text that grows line by line, and the generator's own errors.
 */
#include "gen.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

void fatal(const char *format, ...) {
    va_list args;
    va_start(args, format);
    fputs("esc-gen: ", stderr);
    vfprintf(stderr, format, args);
    fputc('\n', stderr);
    va_end(args);
    exit(3);
}

void text_raw(Text *t, const char *bytes, size_t n) {
    if (t->n + n + 1 > t->room) {
        t->room = 2 * (t->n + n + 1);
        t->at = realloc(t->at, t->room);
        if (!t->at)
            fatal("out of memory");
    }
    memcpy(t->at + t->n, bytes, n);
    t->n += n;
    t->at[t->n] = '\0';
}

void text_line(Text *t, const char *format, ...) {
    static const char blanks[] = "                                                                ";
    char line[2048];
    va_list args;
    va_start(args, format);
    int n = vsnprintf(line, sizeof line, format, args);
    va_end(args);
    if (n < 0 || (size_t)n >= sizeof line)
        fatal("line too long: %.60s", line);
    size_t columns = (size_t)t->indent * 4;
    text_raw(t, blanks, columns < sizeof blanks - 1 ? columns : sizeof blanks - 1);
    text_raw(t, line, (size_t)n);
    text_raw(t, "\n", 1);
}

void text_release(Text *t) {
    free(t->at);
    *t = (Text){0};
}
