/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception */
/* outcome.h - how a child ends, and what it says, for tests of what ends a process. */
#ifndef RUNTIME_OUTCOME_H
#define RUNTIME_OUTCOME_H

#include "check.h"

#include <sys/wait.h>

typedef struct Outcome {
    char text[4096]; /* of its standard error */
    int status;      /* as wait(2) gives it; -1: there was none */
} Outcome;

/* Runs `body(argument)` in a child, which exits with 0 when it returns. */
static inline Outcome outcome_of_child(void (*body)(void *argument), void *argument) {
    Outcome outcome = {.status = -1};
    int ends[2];
    size_t length = 0;
    CHECK(pipe(ends) == 0);
    pid_t child = fork();
    if (child == 0) {
        dup2(ends[1], STDERR_FILENO);
        body(argument);
        _exit(0);
    }
    close(ends[1]);
    for (ssize_t got;
         (got = read(ends[0], outcome.text + length, sizeof outcome.text - 1 - length)) > 0;)
        length += (size_t)got;
    close(ends[0]);
    waitpid(child, &outcome.status, 0);
    return outcome;
}

#endif
