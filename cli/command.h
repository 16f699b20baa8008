/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception */
/* command.h - what a subcommand of `escapement` is, and what all of them share.
 *
 * A subcommand NAME is one file: NAME_argp, its options and its help, and NAME_main, which does it.
 * main.c finds both in commands.def; --help, the manual and the shells' completion are made of
 * NAME_argp, so what stands there is written once.
 *
 * EXIT STATUS  0 it held, or what was asked for was found; 1 a gate failed, or there is nothing of
 * the kind; 2 wrong use, or something that keeps the command from answering (one line on standard
 * error says what).
 *
 * OUTPUT  The answer goes to standard output, everything else (progress, trouble) to standard
 * error. --json: the answer is one JSON document instead, or JSON lines where it has no end.
 * Colours are terminal.h's business, tables table.h's, reports of the plugin findings.h's.
 */
#ifndef ESCAPEMENT_CLI_COMMAND_H
#define ESCAPEMENT_CLI_COMMAND_H

#include <argp.h>
#include <stdbool.h>
#include <stddef.h>

enum { EXIT_HELD = 0, EXIT_FAILED = 1, EXIT_TROUBLE = 2 };
enum { EXIT_FOUND = EXIT_HELD, EXIT_NOTHING = EXIT_FAILED }; /* of commands that search */
enum { OPTION_JSON = 1000 };                                 /* the key of --json everywhere */

typedef int CommandFunction(int argc, char **argv); /* argv[0] is "escapement NAME" */

#define COMMAND(name, symbol, summary)                                                             \
    CommandFunction symbol##_main;                                                                 \
    extern const struct argp symbol##_argp;
#include "commands.def"
#undef COMMAND

/* Each of these ends the program with EXIT_TROUBLE when there is no memory. */
void *allocate(size_t bytes);
void *reallocate(void *block, size_t bytes);
char *copy_text(const char *text);
char *format_text(const char *format, ...) __attribute__((format(printf, 1, 2)));

/* As one word of a shell. */
char *quote_for_shell(const char *text);

/* One line, "escapement: ...", on standard error; ends the program with EXIT_TROUBLE. */
void trouble(const char *format, ...) __attribute__((format(printf, 1, 2), noreturn));

/* argp_parse; wrong use is one line and EXIT_TROUBLE. */
void parse_arguments(const struct argp *parser, int argc, char **argv, unsigned flags, void *input);
/* In place of argp_error and argp_usage, which print several lines: one, and EXIT_TROUBLE. */
void wrong_use(const struct argp_state *state, const char *format, ...)
    __attribute__((format(printf, 2, 3), noreturn));

/* The whole of a file ("-": standard input), NUL-terminated; NULL (and errno) when it cannot be
 * read. */
char *read_file(const char *path, size_t *length);
/* False (and errno) when it could not be written whole. */
bool write_file(const char *path, const char *text, size_t length);
/* The same ("-": standard output), but what goes wrong is trouble. */
char *read_input(const char *path, size_t *length);
void write_output(const char *path, const char *text, size_t length);
/* Trouble when `path` (NULL: none) could not be written: before work that takes long. */
void check_output(const char *path);

/* The directory and those above it; that it is not one, or cannot be made, is trouble. */
void make_directories(const char *path);
/* Ends with trouble when something that was printed is not written (a full disk). */
void finish_output(void);

/* Files or directories that are named on the command line. */
typedef struct Paths {
    char **all; /* not copied; NULL: none */
    size_t n;
} Paths;
void add_path(Paths *paths, char *path);

/* A text that grows. */
typedef struct Text {
    char *bytes; /* NUL-terminated once anything was added; NULL before */
    size_t length, capacity;
} Text;
void text_add(Text *text, const char *bytes, size_t length);
void text_print(Text *text, const char *format, ...) __attribute__((format(printf, 2, 3)));
void text_free(Text *text);

#endif
