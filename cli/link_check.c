/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception */
/* link_check.c - `escapement link-check`: whether objects fit what each assumes of the others. */
#include "check.h"
#include "command.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static const char about[] =
    "Check that objects and archives, linked together, are what each assumes of the others."
    "\vAn object compiled with -fplugin-arg-escapement-summaries=DIR records of which functions of "
    "other files it believed what. This compares those records with the definitions. Of an archive "
    "all members count; `escapement ld' knows which are really linked."
    "\n\nExit status: 0 all of it fits, 1 something does not (a line each says what to do), 2 an "
    "input cannot be read.";

static const struct argp_option options[] = {
    {"shared", 's', 0, 0, "They become a shared library, whose exported functions may be replaced",
     0},
    {"output", 'o', "FILE", 0, "The linked file: what it exports is seen there", 0},
    {0},
};

static error_t parse(int key, char *value, struct argp_state *state) {
    LinkCheck *check = state->input;
    switch (key) {
    case 's':
        check->shared = true;
        return 0;
    case 'o':
        check->output = value;
        return 0;
    case ARGP_KEY_ARG:
        add_input(&check->inputs, value, NULL);
        return 0;
    case ARGP_KEY_END:
        if (check->inputs.count == 0)
            argp_usage(state);
        return 0;
    default:
        return ARGP_ERR_UNKNOWN;
    }
}

const struct argp link_check_argp = {options, parse, "OBJECT-OR-ARCHIVE...", about, 0, 0, 0};

int link_check_main(int argc, char **argv) {
    LinkCheck check = {0};
    size_t nassumed;
    parse_arguments(&link_check_argp, argc, argv, 0, &check);
    size_t refused = check_link(&check, &nassumed);
    free_inputs(&check.inputs);
    return refused ? EXIT_FAILED : EXIT_HELD;
}
