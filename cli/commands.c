/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception */
/* commands.c - see commands.h: the table, of commands.def. */
#include "commands.h"

#include <string.h>

const Command commands[] = {
#define COMMAND(name, symbol, summary) {name, symbol##_main, &symbol##_argp, summary},
#include "commands.def"
#undef COMMAND
};
const size_t ncommands = sizeof commands / sizeof *commands;

const Command *command_named(const char *name) {
    for (size_t i = 0; i < ncommands; i++)
        if (strcmp(commands[i].name, name) == 0)
            return &commands[i];
    return NULL;
}

const struct argp_option *options_of(const Command *command) {
    static const struct argp_option none;
    return command->arguments->options ? command->arguments->options : &none;
}
