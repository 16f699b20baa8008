/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception */
/* interrupt.h - what goes with us when a signal ends the command (Ctrl-C, a job that is cancelled):
 * the processes it waits for, and its temporary directory.
 *
 * NOT HERE  A command that has more to say then (measure_run.c): it sets its own handlers.
 */
#ifndef ESCAPEMENT_CLI_INTERRUPT_H
#define ESCAPEMENT_CLI_INTERRUPT_H

#include <sys/types.h>

/* The process group; 0: none any more. */
void interrupt_kills(pid_t group);
/* The text has to stay; NULL: none any more. */
void interrupt_removes(const char *directory);

#endif
