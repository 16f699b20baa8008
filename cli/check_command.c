/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception */
/* check_command.c - `escapement check`: the findings of every file of a compile database, without
 * building.
 *
 * The work needs Clang as a library, which this program does without: it is done by
 * escapement-check (plugin/tool), which lies beside this one and takes the same options.
 *
 * NOT HERE  What the options mean in detail, and whether their values are right.
 */
#include "check_command.h"

#include "command.h"
#include "place.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static const char about[] =
    "Say which allocations of a program's files may leave the heap, and why the others may not, "
    "without building anything: the lines that the compiler prints with the plugin."
    "\vThe files are those of BUILD/compile_commands.json (cmake "
    "-DCMAKE_EXPORT_COMPILE_COMMANDS=ON, meson, or `bear -- make'), or those of them that are "
    "named; a directory stands for all below it. Behind `--' one compile command can be given "
    "instead. Each file is compiled in memory, as its command says but without writing anything, "
    "in a process of its own: one that crashes is one line. What Clang does not know of a command "
    "for another compiler is left out, and said.\n\n"
    "Examples:\n"
    "  escapement check -p build\n"
    "  escapement check -p build -m2 src/parser.c\n"
    "  escapement check -p build --format=sarif -o escapement.sarif\n"
    "  escapement check -- gcc -O2 -Iinclude -c src/parser.c\n\n"
    "With --format=github the ten most rewarding allocations are annotated: first those in loops; "
    "of these, first those that do not escape and only lack a condition; then by what it takes, "
    "from a larger budget over a declaration to other code. `rank' in SARIF is the same order.\n\n"
    "Exit status: 0 when every file was checked, 1 when one could not be, 2 for wrong use.";

enum { FORMAT = 256, WHOLE, PROGRAM, MODELS, SET, LIMIT, TIMING };

static const struct argp_option options[] = {
    {"build", 'p', "BUILD", 0, "The directory of compile_commands.json, or that file", 1},
    {"level", 'm', "1|2", OPTION_ARG_OPTIONAL, "2: with the flows, step by step", 1},
    {"format", FORMAT, "FORMAT", 0,
     "text (the default), json (the plugin's report: an object a line), sarif, github, junit", 1},
    {"json", OPTION_JSON, 0, 0, "The same as --format=json", 1},
    {"output", 'o', "FILE", 0, "Write there instead of to standard output", 1},
    {"jobs", 'j', "N", 0, "Files at a time (as many as there are processors)", 1},
    {"quiet", 'q', 0, 0, "No progress", 1},
    {"program", PROGRAM, 0, 0,
     "Take all files as one program, so that calls into other files are followed", 2},
    {"whole-program", WHOLE, "typed", OPTION_ARG_OPTIONAL,
     "Promise that no function pointer comes from outside a file (with --program: from outside the "
     "program); typed: and that a call by one passes pointers as pointers and numbers as numbers",
     2},
    {"models", MODELS, "FILE", 0, "More models of library functions, or of your own allocators", 2},
    {"set", SET, "NAME[=VALUE]", 0, "An argument of the plugin, such as max-object=4096", 2},
    {"time-limit", LIMIT, "SECONDS", 0, "Give up on a file that takes longer", 3},
    {"timing", TIMING, 0, 0, "Say on standard error what each file cost", 3},
    {0},
};

/* Only what is no option at all is found here; escapement-check looks at the values. */
static error_t parse(int key, char *value, struct argp_state *state) {
    (void)value;
    (void)state;
    return key == ARGP_KEY_ARG || key == ARGP_KEY_NO_ARGS || (key > 0 && key < 0x1000000)
               ? 0
               : ARGP_ERR_UNKNOWN;
}

const struct argp check_argp = {
    options, parse, "-p BUILD [FILE...]\n-- COMPILER ARGUMENT...", about, 0, 0, 0};

bool has_check_program(void) {
    char *program = format_text("%s/escapement-check", place()->directory);
    bool is = access(program, X_OK) == 0;
    free(program);
    return is;
}

char *check_program(void) {
    char *program = format_text("%s/escapement-check", place()->directory);
    if (access(program, X_OK) != 0)
        trouble("%s is missing: this `escapement' was built without Clang as a library", program);
    return program;
}

int check_main(int argc, char **argv) {
    char **given = allocate(((size_t)argc + 1) * sizeof *given); /* argp sorts its argv */
    memcpy(given, argv, ((size_t)argc + 1) * sizeof *given);
    parse_arguments(&check_argp, argc, argv, 0, NULL);
    char *program = check_program();
    for (int i = 1; i < argc && strcmp(given[i], "--") != 0; i++)
        if (strcmp(given[i], "--json") == 0)
            given[i] = "--format=json";
    execv(program, given);
    trouble("cannot run %s: %s", program, strerror(errno));
}
