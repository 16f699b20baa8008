/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception */
/* test_cmdline.c - what a command line asks for, in a table. */
#include "cmdline.h"

#include "command.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { MOST_ARGUMENTS = 16 };

static const struct {
    const char *arguments; /* separated by blanks */
    size_t nsources;
    bool links_program;
    const char *source, *output;
} rows[] = {
    {"-O2 -c a.c", 1, false, "a.c", NULL},
    {"-c a.c -o b.c", 1, false, "a.c", "b.c"},
    {"-c -ob.o a.i", 1, false, "a.i", "b.o"},
    {"a.c b.c c.o -lm", 2, true, "a.c", NULL},
    {"a.o -L lib.c -l z.c -o p", 0, true, NULL, "p"},
    {"-I a.c -include b.c -MF c.c -MT d.c -c e.c", 1, false, "e.c", NULL},
    {"-E a.c", 0, false, NULL, NULL},
    {"-MM a.c", 0, false, NULL, NULL},
    {"-MMD -MP -c a.c", 1, false, "a.c", NULL},
    {"-S a.c", 1, false, "a.c", NULL},
    {"-x c -c noending", 1, false, "noending", NULL},
    {"-xc -", 1, true, "-", NULL},
    {"-x c++ a.c", 0, true, NULL, NULL},
    {"-x c++ a.c -x none b.c", 1, true, "b.c", NULL},
    {"a.cc b.s c.S", 0, true, NULL, NULL},
    {"-shared a.o", 0, false, NULL, NULL},
    {"-r a.o", 0, false, NULL, NULL},
    {"-ffreestanding -nostdlib a.c", 1, false, "a.c", NULL},
    {"-m32 a.o", 0, false, NULL, NULL},
    {"--target=aarch64-linux-gnu a.o", 0, false, NULL, NULL},
    {"-target aarch64-linux-gnu a.c", 1, false, "a.c", NULL},
    {"--version", 0, false, NULL, NULL},
    {"-v", 0, false, NULL, NULL},
    {"-print-file-name=x.c a.c", 0, false, NULL, NULL},
    {"-fsyntax-only a.c", 1, false, "a.c", NULL},
    {"-c", 0, false, NULL, NULL},
    {"-o", 0, false, NULL, NULL},
    {"@absent a.c -c", 1, false, "a.c", NULL},
};

static bool same(const char *a, const char *b) {
    return a && b ? strcmp(a, b) == 0 : a == b;
}

int main(void) {
    int bad = 0;
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        char *copy = copy_text(rows[i].arguments), *rest = copy, *arguments[MOST_ARGUMENTS];
        size_t n = 0;
        while (n < MOST_ARGUMENTS && (arguments[n] = strsep(&rest, " ")) != NULL)
            n++;
        CommandLine line = read_command_line(arguments, n);
        if (line.nsources != rows[i].nsources || line.links_program != rows[i].links_program ||
            (rows[i].nsources && !same(line.source, rows[i].source)) ||
            !same(line.output, rows[i].output)) {
            printf("%s: %zu sources, %s, source %s, output %s\n", rows[i].arguments, line.nsources,
                   line.links_program ? "links" : "does not link", line.source ? line.source : "-",
                   line.output ? line.output : "-");
            bad = 1;
        }
        command_line_free(&line);
        free(copy);
    }
    return bad;
}
