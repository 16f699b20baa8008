/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception */
/* rename.c - copy a C file and give some of its identifiers a prefix.
 *
 *     rename PREFIX NAME... < in.c > out.c
 *
 * A NAME `tag:N` is N as the tag of a struct, union or enum only; a plain one is no tag.
 *
 * merge.sh joins the files of a program to one; what is static under the same name in
 * two of them has to be told apart. A #define would also rename the members of structs
 * and a regular expression the text of strings, so this reads tokens: comments,
 * string and character literals and what follows `.` or `->` are copied as they are.
 *
 * INVARIANT  Without NAMEs the copy is exact.
 *
 * NOT HERE  Which names clash (merge.sh).
 */
#include <ctype.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>

typedef struct {
    const char *prefix;
    char **names;
    int count;
    bool member; /* the last token was `.` or `->` (and not the last dot of `...`) */
    bool tag;    /* the last token was `struct`, `union` or `enum` */
} Renamer;

static void copy_line_comment(int c) {
    for (; c != EOF; c = getchar()) {
        putchar(c);
        if (c == '\n')
            return;
    }
}

static void copy_block_comment(void) {
    int before = 0;
    for (int c = getchar(); c != EOF; before = c, c = getchar()) {
        putchar(c);
        if (before == '*' && c == '/')
            return;
    }
}

/* Ends at a line's end too: an apostrophe in a skipped #if or an #error is no literal. */
static void copy_literal(int quote) {
    putchar(quote);
    for (int c = getchar(); c != EOF; c = getchar()) {
        putchar(c);
        if (c == quote || c == '\n')
            return;
        if (c == '\\') {
            c = getchar();
            if (c != EOF)
                putchar(c);
        }
    }
}

static bool is_renamed(const Renamer *renamer, const char *word) {
    for (int i = 0; i < renamer->count; i++) {
        const char *name = renamer->names[i];
        if (strncmp(name, "tag:", 4) == 0
                ? renamer->tag && strcmp(word, name + 4) == 0
                : !renamer->member && !renamer->tag && strcmp(word, name) == 0)
            return true;
    }
    return false;
}

static void copy_word(Renamer *renamer, int c) {
    char word[256];
    size_t length = 0;
    for (; isalnum(c) || c == '_'; c = getchar()) {
        if (length == sizeof word - 1) { /* longer than any name we look for */
            word[length] = '\0';
            fputs(word, stdout);
            length = 0;
        }
        word[length++] = (char)c;
    }
    ungetc(c, stdin);
    word[length] = '\0';
    if (is_renamed(renamer, word))
        fputs(renamer->prefix, stdout);
    fputs(word, stdout);
    renamer->member = false;
    renamer->tag =
        strcmp(word, "struct") == 0 || strcmp(word, "union") == 0 || strcmp(word, "enum") == 0;
}

static void copy_slash(Renamer *renamer) {
    int c = getchar();
    putchar('/');
    if (c == '/') {
        copy_line_comment(c);
    } else if (c == '*') {
        putchar(c);
        copy_block_comment();
    } else {
        ungetc(c, stdin);
        renamer->member = false;
    }
}

static void copy_file(Renamer *renamer) {
    int before = 0;
    for (int c = getchar(); c != EOF; before = c, c = getchar()) {
        if (isalnum(c) || c == '_') {
            copy_word(renamer, c);
        } else if (c == '"' || c == '\'') {
            copy_literal(c);
        } else if (c == '/') {
            copy_slash(renamer);
        } else {
            putchar(c);
            if (isspace(c))
                continue;
            renamer->member = (c == '.' && before != '.') || (c == '>' && before == '-');
            renamer->tag = false;
        }
    }
}

int main(int argc, char **argv) {
    if (argc < 2) {
        fputs("rename: usage: rename PREFIX NAME... < in.c > out.c\n", stderr);
        return 2;
    }
    Renamer renamer = {argv[1], argv + 2, argc - 2, false, false};
    copy_file(&renamer);
    return ferror(stdout) != 0;
}
