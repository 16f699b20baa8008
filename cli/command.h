/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception */
/* command.h - what a subcommand of `escapement` is, and what all of them share.
 *
 * A subcommand is one file: its options, its help, and a function that does it. main.c finds it in
 * commands.def; nothing else knows of it.
 *
 * EXIT STATUS  0 found what was asked for, 1 there is nothing of the kind, 2 wrong use, or
 * something that keeps the command from answering (one line on standard error says what).
 */
#ifndef ESCAPEMENT_CLI_COMMAND_H
#define ESCAPEMENT_CLI_COMMAND_H

#include <stdbool.h>
#include <stddef.h>

enum { EXIT_FOUND = 0, EXIT_NOTHING = 1, EXIT_TROUBLE = 2 };

typedef int CommandFunction(int argc, char **argv); /* argv[0] is "escapement NAME" */

#define COMMAND(name, function, summary) CommandFunction function;
#include "commands.def"
#undef COMMAND

/* Each of these ends the program with EXIT_TROUBLE when there is no memory. */
void *allocate(size_t bytes);
void *reallocate(void *block, size_t bytes);
char *copy_text(const char *text);
char *format_text(const char *format, ...) __attribute__((format(printf, 1, 2)));

/* One line, "escapement: ...", on standard error; ends the program with EXIT_TROUBLE. */
void trouble(const char *format, ...) __attribute__((format(printf, 1, 2), noreturn));

/* The whole of a file, NUL-terminated; NULL (and errno) when it cannot be read. */
char *read_file(const char *path, size_t *length);
/* False (and errno) when it could not be written whole. */
bool write_file(const char *path, const char *text, size_t length);

/* A text that grows. */
typedef struct Text {
    char *bytes; /* NUL-terminated once anything was added; NULL before */
    size_t length, capacity;
} Text;
void text_add(Text *text, const char *bytes, size_t length);
void text_free(Text *text);

#endif
