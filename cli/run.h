/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception */
/* run.h - a command with an environment of ours, its output in a file, its time limited. */
#ifndef ESCAPEMENT_CLI_RUN_H
#define ESCAPEMENT_CLI_RUN_H

typedef struct Setting {
    const char *name, *value;
} Setting;

enum { RUN_TIMED_OUT = -1 };

/* Runs argv[0] (found in PATH) to its end and returns its exit status, 128 + N when signal N ended
 * it, RUN_TIMED_OUT when `seconds` (0: no limit) were not enough; then it and its children are
 * killed. `settings` ends with a name of NULL. Ends the program when the command cannot be started.
 */
int run_command(char *const argv[], const Setting *settings, const char *log, unsigned seconds);

#endif
