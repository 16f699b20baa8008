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

static struct argp_option *joined[sizeof commands / sizeof *commands]; /* NULL until asked for */

static void join_options(const struct argp *parser, struct argp_option **all, size_t *n) {
    for (const struct argp_option *o = parser->options; o && o->name; o++) {
        *all = reallocate(*all, (*n + 2) * sizeof **all);
        (*all)[(*n)++] = *o;
    }
    for (const struct argp_child *child = parser->children; child && child->argp; child++)
        join_options(child->argp, all, n);
}

const struct argp_option *options_of(const Command *command) {
    struct argp_option **all = &joined[command - commands];
    size_t n = 0;
    if (*all)
        return *all;
    *all = allocate(sizeof **all);
    join_options(command->arguments, all, &n);
    (*all)[n] = (struct argp_option){0};
    return *all;
}
