/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception */
/* run.c - see run.h.
 *
 * The command is a process group of its own, so that a time limit and an interrupt end all of it.
 */
#include "run.h"

#include "command.h"
#include "interrupt.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

static volatile sig_atomic_t running; /* the process group, 0: none */
static volatile sig_atomic_t timed_out;

static void on_alarm(int number) {
    (void)number;
    if (running)
        kill(-(pid_t)running, SIGKILL);
    timed_out = 1;
}

static void become(char *const argv[], const Setting *settings, const char *log) {
    setpgid(0, 0);
    int in = open("/dev/null", O_RDONLY);
    int out = open(log, O_WRONLY | O_CREAT | O_TRUNC, 0666);
    if (in < 0 || out < 0 || dup2(in, 0) < 0 || dup2(out, 1) < 0 || dup2(out, 2) < 0)
        _exit(126);
    for (; settings->name; settings++)
        setenv(settings->name, settings->value, 1);
    execvp(argv[0], argv);
    fprintf(stderr, "escapement: cannot run %s: %s\n", argv[0], strerror(errno));
    _exit(127);
}

int run_command(char *const argv[], const Setting *settings, const char *log, unsigned seconds) {
    int status = 0;
    struct sigaction action = {.sa_handler = on_alarm};
    sigaction(SIGALRM, &action, NULL);
    timed_out = 0;
    fflush(NULL);
    pid_t child = fork();
    if (child < 0)
        trouble("cannot start %s: %s", argv[0], strerror(errno));
    if (child == 0)
        become(argv, settings, log);
    setpgid(child, child); /* both sides, so that neither has to wait for the other */
    running = child;
    interrupt_kills(child);
    alarm(seconds);
    while (waitpid(child, &status, 0) < 0 && errno == EINTR)
        ;
    alarm(0);
    running = 0;
    interrupt_kills(0);
    if (timed_out)
        return RUN_TIMED_OUT;
    return WIFSIGNALED(status) ? 128 + WTERMSIG(status) : WEXITSTATUS(status);
}
