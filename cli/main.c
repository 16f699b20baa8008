/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception */
/* main.c - `escapement`: choose the subcommand; what all of them share.
 *
 * NOT HERE  What a subcommand does, and its options: one file each.
 */
#include "command.h"

#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

typedef struct Command {
    const char *name;
    CommandFunction *run;
    const char *summary;
} Command;

static const Command commands[] = {
#define COMMAND(name, function, summary) {name, function, summary},
#include "commands.def"
#undef COMMAND
};
enum { COMMANDS = sizeof commands / sizeof *commands };

/* ---- shared ---------------------------------------------------------------------------------- */

void trouble(const char *format, ...) {
    va_list args;
    va_start(args, format);
    fflush(stdout);
    fputs("escapement: ", stderr);
    vfprintf(stderr, format, args);
    fputc('\n', stderr);
    va_end(args);
    exit(EXIT_TROUBLE);
}

void *reallocate(void *block, size_t bytes) {
    void *grown = realloc(block, bytes ? bytes : 1);
    if (!grown)
        trouble("out of memory");
    return grown;
}

void *allocate(size_t bytes) {
    return memset(reallocate(NULL, bytes), 0, bytes);
}

char *copy_text(const char *text) {
    size_t bytes = strlen(text) + 1;
    return memcpy(allocate(bytes), text, bytes);
}

char *format_text(const char *format, ...) {
    va_list args, again;
    va_start(args, format);
    va_copy(again, args);
    int length = vsnprintf(NULL, 0, format, args);
    va_end(args);
    char *text = allocate(length < 0 ? 1 : (size_t)length + 1);
    if (length >= 0)
        vsnprintf(text, (size_t)length + 1, format, again);
    va_end(again);
    return text;
}

void text_add(Text *text, const char *bytes, size_t length) {
    if (text->capacity - text->length <= length) {
        text->capacity = (text->length + length + 1) * 2;
        text->bytes = reallocate(text->bytes, text->capacity);
    }
    memcpy(text->bytes + text->length, bytes, length);
    text->length += length;
    text->bytes[text->length] = '\0';
}

void text_free(Text *text) {
    free(text->bytes);
    *text = (Text){0};
}

char *read_file(const char *path, size_t *length) {
    FILE *file = fopen(path, "rb");
    if (!file)
        return NULL;
    Text text = {0};
    char part[4096];
    size_t n;
    text_add(&text, "", 0);
    while ((n = fread(part, 1, sizeof part, file)) > 0)
        text_add(&text, part, n);
    bool failed = ferror(file) != 0;
    fclose(file);
    if (failed) {
        text_free(&text);
        errno = EIO;
        return NULL;
    }
    *length = text.length;
    return text.bytes;
}

bool write_file(const char *path, const char *text, size_t length) {
    FILE *file = fopen(path, "wb");
    if (!file)
        return false;
    bool written = fwrite(text, 1, length, file) == length;
    return fclose(file) == 0 && written;
}

/* ---- choosing -------------------------------------------------------------------------------- */

static void print_help(FILE *out) {
    fputs("usage: escapement COMMAND [OPTION...] [ARGUMENT...]\n"
          "\n"
          "Escapement moves heap allocations of C programs that do not outlive their function into "
          "the\n"
          "frame. The moving is done by a plugin of the compiler; these commands work beside it.\n"
          "\n",
          out);
    for (size_t i = 0; i < COMMANDS; i++)
        fprintf(out, "  %-8s  %s\n", commands[i].name, commands[i].summary);
    fputs("\n`escapement COMMAND --help` says how one is used. Exit status: 0 found, 1 there is "
          "nothing of\n"
          "the kind, 2 wrong use or trouble.\n",
          out);
}

int main(int argc, char **argv) {
    const char *name = argc > 1 ? argv[1] : "";
    if (strcmp(name, "--help") == 0 || strcmp(name, "-h") == 0 || strcmp(name, "help") == 0) {
        print_help(stdout);
        return 0;
    }
    if (strcmp(name, "--version") == 0) {
        puts("escapement " ESCAPEMENT_VERSION);
        return 0;
    }
    for (size_t i = 0; i < COMMANDS; i++) {
        if (strcmp(name, commands[i].name) != 0)
            continue;
        argv[1] = format_text("escapement %s", name);
        int status = commands[i].run(argc - 1, argv + 1);
        free(argv[1]);
        return status;
    }
    if (*name)
        fprintf(stderr, "escapement: no command `%s'\n", name);
    print_help(stderr);
    return EXIT_TROUBLE;
}
