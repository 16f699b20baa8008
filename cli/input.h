/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception */
/* input.h - what `escapement compare`, `baseline` and `report` are given: a measurement, the
 * plugin's reports, a baseline, told apart by what is in them; and the options they share.
 */
#ifndef ESCAPEMENT_CLI_INPUT_H
#define ESCAPEMENT_CLI_INPUT_H

#include "measurement.h"
#include "verdicts.h"

typedef struct Input {
    const char *path;
    bool has_measurement, has_verdicts;
    Measurement measurement, against; /* against: no runs when the file has none */
    Findings findings;
    VerdictList verdicts;
} Input;

/* Adds what `path` holds. Ends the program with one line when it cannot be read, or is none of
 * these. `root`: as for verdicts_of. */
void input_add(Input *input, const char *path, const char *root);
/* --root and --json: the `children` of a command's argp, which on ARGP_KEY_INIT gives them an
 * InputOptions (state->child_inputs[0]). */
typedef struct InputOptions {
    const char *root; /* NULL: not given */
    bool json;
} InputOptions;
extern const struct argp_child input_options[];

/* The absolute path of `given`, or of the current directory when it is NULL. */
char *root_directory(const char *given);

#endif
