/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception */
/* commands.h - the table of subcommands, and what is made of it besides --help. */
#ifndef ESCAPEMENT_CLI_COMMANDS_H
#define ESCAPEMENT_CLI_COMMANDS_H

#include "command.h"

typedef struct Command {
    const char *name;
    CommandFunction *run;
    const struct argp *arguments;
    const char *summary;
} Command;

extern const Command commands[];
extern const size_t ncommands;

/* NULL: there is none of that name. */
const Command *command_named(const char *name);

/* Those of its parser, then those it shares with others (the parser's children). Ends with an
 * option without a name; a command may have none at all. */
const struct argp_option *options_of(const Command *command);
/* Does the option have a short form? */
static inline bool has_letter(const struct argp_option *option) {
    return option->key > ' ' && option->key < 127;
}

/* The manual page of a command, or of all together (NULL), in the language of man(7). */
void print_manual(const Command *command, Text *out);
/* The completion for bash, zsh or fish; false: for no shell of that name. */
bool print_completion(const char *shell, Text *out);

#endif
