/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception */
/* cmdline.h - what the command line of a C compiler asks for: enough to know whether a C file is
 * compiled and whether a program is linked.
 *
 * The spellings are those that GCC and Clang share. An option that is not known takes no value.
 * "@FILE" is read as both compilers do.
 */
#ifndef ESCAPEMENT_CLI_CMDLINE_H
#define ESCAPEMENT_CLI_CMDLINE_H

#include <stdbool.h>
#include <stddef.h>

typedef struct CommandLine {
    size_t nsources;    /* C files that are compiled, not only preprocessed */
    size_t ninputs;     /* files of any kind, libraries not counted */
    char *source;       /* the first C file; NULL: none */
    char *output;       /* of -o; NULL: not given */
    bool links_program; /* an executable with a C library, for this machine as far as is said */
    bool is_static;     /* -static */
    bool sanitized;     /* -fsanitize=: that brings a malloc of its own */
} CommandLine;

CommandLine read_command_line(char *const arguments[], size_t n);
void command_line_free(CommandLine *line);

#endif
