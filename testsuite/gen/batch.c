/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
 *
 * batch.c - many programs as one: the same files, in which every program has names of its own, and
 * a main that runs each in a process of its own (support/batch.h).
 *
 * Starting the compiler, reading the headers and linking cost more than one small program. What a
 * program prints is what it prints alone: names change in code, not in strings.
 *
 * INVARIANT  Two programs of a batch share no function and no variable but those of support.h,
 * which are each process's own. So a batch can differ from its programs only by what the compiler
 * makes of them.
 */
#include "gen.h"

#include <ctype.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static bool in_name(char c) {
    return isalnum((unsigned char)c) || c == '_';
}

static bool is(const char *name, size_t n, const char *word) {
    return strlen(word) == n && memcmp(name, word, n) == 0;
}

static bool numbered(const char *name, size_t n, const char *word) {
    size_t length = strlen(word);
    return n > length && memcmp(name, word, length) == 0 && isdigit((unsigned char)name[length]);
}

/* Whether the name is linked or may be: all that is made for one program, but not its locals, of
 * which it does not matter, nor what support.h defines. */
static bool belongs_to_program(const char *name, size_t n) {
    if (n > 4 && memcmp(name, "gen_", 4) == 0)
        return !is(name, n, "gen_checksum") && !is(name, n, "gen_zero") && !is(name, n, "gen_text");
    return is(name, n, "main") || is(name, n, "kept") || is(name, n, "in_thread") ||
           is(name, n, "counted_get") || is(name, n, "counted_put") || numbered(name, n, "own_") ||
           numbered(name, n, "f") || numbered(name, n, "phase") || numbered(name, n, "piece");
}

/* The end of the string or character that starts here. */
static const char *quoted_end(const char *at, const char *end) {
    char quote = *at++;
    while (at < end && *at != quote)
        at += *at == '\\' && at + 1 < end ? 2 : 1;
    return at < end ? at + 1 : end;
}

/* The end of the comment that starts here, in which quotes are no strings; NULL: none does. */
static const char *comment_end(const char *at, const char *end) {
    if (end - at < 2 || at[0] != '/' || (at[1] != '*' && at[1] != '/'))
        return NULL;
    const char *close = strstr(at + 2, at[1] == '*' ? "*/" : "\n");
    return close ? close + (at[1] == '*' ? 2 : 1) : end;
}

/* Adds the code with the prefix before each name that belongs to the program. A number's letters
 * (0x1f, 10u) are no name. */
static void add_renamed(Text *out, const Text *code, const char *prefix) {
    const char *at = code->at, *end = at + code->n;
    while (at < end) {
        const char *start = at++, *comment = comment_end(start, end);
        if (comment) {
            at = comment;
        } else if (*start == '"' || *start == '\'') {
            at = quoted_end(start, end);
        } else if (in_name(*start)) {
            while (at < end && in_name(*at))
                at++;
            if (!isdigit((unsigned char)*start) && belongs_to_program(start, (size_t)(at - start)))
                text_raw(out, prefix, strlen(prefix));
        }
        text_raw(out, start, (size_t)(at - start));
    }
}

typedef struct Batch {
    Text header, files[MAX_FILES], table;
    uint32_t nfiles;
} Batch;

static void add_program(Batch *b, Gen *g) {
    char prefix[32];
    Text header = {0}, files[MAX_FILES] = {{0}};
    snprintf(prefix, sizeof prefix, "q%llu_", (unsigned long long)g->seed);
    program_make(g, &header, files);
    if (g->nfiles > b->nfiles)
        b->nfiles = g->nfiles;
    add_renamed(&b->header, &header, prefix);
    for (uint32_t i = 0; i < g->nfiles; i++) {
        if (files[i].n)
            add_renamed(&b->files[i], &files[i], prefix);
        text_release(&files[i]);
    }
    text_release(&g->nodes);
    text_line(&b->table, "    {%lluu, %smain},", (unsigned long long)g->seed, prefix);
    text_release(&header);
}

bool batch_write(Gen *g, const uint64_t *seeds, uint32_t n, const char *directory) {
    Batch b = {.nfiles = 1};
    Gen *first = malloc(sizeof *first);
    if (!first)
        fatal("out of memory");
    *first = *g;
    for (uint32_t i = 0; i < n; i++) {
        *g = *first;
        g->seed = seeds[i];
        add_program(&b, g);
    }
    text_line(&b.files[0], "#include \"batch.h\"");
    text_line(&b.files[0], "static const struct program programs[] = {");
    text_raw(&b.files[0], b.table.at, b.table.n);
    text_line(&b.files[0], "};");
    text_line(&b.files[0], "int main(void) {");
    text_line(&b.files[0], "    return batch_run(programs, sizeof programs / sizeof programs[0]);");
    text_line(&b.files[0], "}");
    free(first);
    bool good = program_files(directory, &b.header, b.files, b.nfiles);
    text_release(&b.header);
    text_release(&b.table);
    for (uint32_t i = 0; i < MAX_FILES; i++)
        text_release(&b.files[i]);
    return good;
}
