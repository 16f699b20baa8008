/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception */
/* main.c - `escapement`: choose the subcommand.
 *
 * NOT HERE  What a subcommand does, and its options: one file each. What they share: shared.c.
 */
#include "commands.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static void print_help(FILE *out) {
    fputs("usage: escapement COMMAND [OPTION...] [ARGUMENT...]\n"
          "\n"
          "Escapement moves heap allocations of C programs that do not outlive their function into "
          "the\n"
          "frame. The moving is done by a plugin of the compiler; these commands work beside it.\n"
          "\n",
          out);
    for (size_t i = 0; i < ncommands; i++)
        fprintf(out, "  %-10s  %s\n", commands[i].name, commands[i].summary);
    fputs("\n"
          "A first try, in the directory of a program:\n"
          "\n"
          "  make clean all CC='escapement cc --arg=m'   # what was moved, and why not\n"
          "  escapement measure -- ./program             # what it allocates\n"
          "\n"
          "`escapement COMMAND --help' says how one is used. Exit status: 0 it held, or was "
          "found;\n1 a gate failed, or there is nothing of the kind; 2 wrong use or trouble.\n",
          out);
}

/* --manual[=COMMAND], --completion=SHELL: for the build, which installs what they print. */
static bool print_made(const char *option) {
    static const char manual[] = "--manual", completion[] = "--completion=";
    Text text = {0};
    if (strncmp(option, completion, sizeof completion - 1) == 0) {
        if (!print_completion(option + sizeof completion - 1, &text))
            trouble("--completion is for bash, zsh or fish, not %s",
                    option + sizeof completion - 1);
    } else if (strcmp(option, manual) == 0) {
        print_manual(NULL, &text);
    } else if (strncmp(option, "--manual=", sizeof manual) == 0) {
        const Command *command = command_named(option + sizeof manual);
        if (!command)
            trouble("--manual: no command `%s'", option + sizeof manual);
        print_manual(command, &text);
    } else {
        return false;
    }
    write_output("-", text.bytes, text.length);
    text_free(&text);
    return true;
}

int main(int argc, char **argv) {
    const char *name = argc > 1 ? argv[1] : "";
    if (strcmp(name, "--help") == 0 || strcmp(name, "-h") == 0 || strcmp(name, "help") == 0) {
        print_help(stdout);
        finish_output();
        return 0;
    }
    if (strcmp(name, "--version") == 0) {
        puts("escapement " ESCAPEMENT_VERSION);
        finish_output();
        return 0;
    }
    if (print_made(name))
        return 0;
    const Command *command = command_named(name);
    if (command) {
        argv[1] = format_text("escapement %s", name);
        int status = command->run(argc - 1, argv + 1);
        finish_output();
        free(argv[1]);
        return status;
    }
    if (*name)
        trouble("no command `%s'; `escapement --help' names them", name);
    print_help(stderr);
    return EXIT_TROUBLE;
}
