/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception */
/* main.c - `escapement`: choose the subcommand.
 *
 * NOT HERE  What a subcommand does, and its options: one file each. What they share: shared.c.
 */
#include "command.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

typedef struct Command {
    const char *name;
    CommandFunction *run;
    const struct argp *arguments;
    const char *summary;
} Command;

static const Command commands[] = {
#define COMMAND(name, symbol, summary) {name, symbol##_main, &symbol##_argp, summary},
#include "commands.def"
#undef COMMAND
};
enum { COMMANDS = sizeof commands / sizeof *commands };

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
    fputs("\n`escapement COMMAND --help' says how one is used. Exit status: 0 it held, or was "
          "found;\n1 a gate failed, or there is nothing of the kind; 2 wrong use or trouble.\n",
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
