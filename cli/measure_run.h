/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception */
/* measure_run.h - one run of a command under the runtime, and what it cost. */
#ifndef ESCAPEMENT_CLI_MEASURE_RUN_H
#define ESCAPEMENT_CLI_MEASURE_RUN_H

#include "measurement.h"

typedef struct RunRequest {
    char *const *command;
    const char *input;     /* standard input; NULL: empty */
    bool shows_output;     /* on ours; otherwise it is dropped */
    bool any_status;       /* an exit status other than 0 is no failure */
    const char *directory; /* for what the run leaves; there is one */
    const char *profile;   /* where to write the heap's profile; NULL: none */
    uint64_t period;       /* of the profile */
} RunRequest;

typedef struct RunResult {
    double values[METRICS];
    ClassCounts *classes; /* all of the runtime, the one for large objects last */
    size_t nclasses;
    size_t programs;    /* that were executed */
    size_t lost;        /* processes that did not tell: they were killed, or go on */
    char lost_name[32]; /* of one of them */
} RunResult;

/* Ends the program with one line when the command cannot be run, fails, or does not use the
 * runtime. */
RunResult measure_run(const RunRequest *request);

#endif
