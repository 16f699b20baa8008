/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
 *
 * process.h - run one program with a time limit and keep what it wrote.
 */
#ifndef ESC_RUNNER_PROCESS_H
#define ESC_RUNNER_PROCESS_H

#include "text.h"

typedef struct ProcessResult {
    int exit_status; /* as the shell has it: the code, or 128 + the signal */
    bool timed_out;
    char *out; /* standard output, NUL-terminated */
    size_t out_size;
    char *err;
    size_t err_size;
} ProcessResult;

/* Runs argv in `directory` (NULL: here), its output in files of `scratch`. A program still running
 * after `seconds` is killed with everything it started. */
ProcessResult process_run(const StringList *argv, const char *directory, const char *scratch,
                          unsigned seconds);
void process_free(ProcessResult *result);

#endif
