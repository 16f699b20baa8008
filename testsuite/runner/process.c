/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
 *
 * process.c - run one program with a time limit and keep what it wrote.
 *
 * Output goes to files, not to pipes: a child that writes much and a parent that waits cannot
 * block each other. The child leads a process group, so that a compiler driver and the compiler
 * proper end together.
 */
#define _POSIX_C_SOURCE 200809L
#include "process.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

/* The stack a trap program gets on every machine: the usual 8 MiB, so that a rewrite that eats
 * stack in a loop is seen everywhere alike. */
enum { STACK_BYTES = 8 << 20, EXEC_FAILED = 127 };

static void redirect(const char *path, int fd) {
    int f = open(path, O_WRONLY | O_CREAT | O_TRUNC, 0600);
    if (f < 0 || dup2(f, fd) < 0)
        _exit(EXEC_FAILED);
    close(f);
}

static _Noreturn void become(const StringList *argv, const char *directory, const char *out,
                             const char *err) {
    setpgid(0, 0);
    struct rlimit none = {0, 0}, stack;
    setrlimit(RLIMIT_CORE, &none);
    if (getrlimit(RLIMIT_STACK, &stack) == 0) {
        stack.rlim_cur = STACK_BYTES;
        setrlimit(RLIMIT_STACK, &stack);
    }
    int null = open("/dev/null", O_RDONLY);
    if (null >= 0)
        dup2(null, STDIN_FILENO);
    redirect(out, STDOUT_FILENO);
    redirect(err, STDERR_FILENO);
    if (directory && chdir(directory) != 0)
        _exit(EXEC_FAILED);
    execvp(argv->at[0], argv->at);
    dprintf(STDERR_FILENO, "cannot run %s: %s\n", argv->at[0], strerror(errno));
    _exit(EXEC_FAILED);
}

static double now_seconds(void) {
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return (double)t.tv_sec + (double)t.tv_nsec / 1e9;
}

/* Waits in naps that grow to 10 ms: a compile is not slowed, a waiting runner costs nothing. */
static int wait_until(pid_t pid, unsigned seconds, bool *timed_out) {
    double end = now_seconds() + seconds;
    struct timespec nap = {0, 500000};
    int status = 0;
    pid_t got;
    while ((got = waitpid(pid, &status, WNOHANG)) == 0 || (got < 0 && errno == EINTR)) {
        if (now_seconds() > end) {
            *timed_out = true;
            kill(-pid, SIGKILL);
            waitpid(pid, &status, 0);
            break;
        }
        nanosleep(&nap, NULL);
        if (nap.tv_nsec < 10000000)
            nap.tv_nsec *= 2;
    }
    return status;
}

ProcessResult process_run(const StringList *argv, const char *directory, const char *scratch,
                          unsigned seconds) {
    ProcessResult r = {.exit_status = EXEC_FAILED};
    char *out = text_format("%s/stdout", scratch), *err = text_format("%s/stderr", scratch);
    fflush(NULL);
    pid_t pid = fork();
    if (pid == 0)
        become(argv, directory, out, err);
    if (pid > 0) {
        setpgid(pid, pid); /* both sides, so that no kill can come before it */
        int status = wait_until(pid, seconds, &r.timed_out);
        r.exit_status = WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
    }
    r.out = file_read(out, &r.out_size);
    r.err = file_read(err, &r.err_size);
    if (!r.out)
        r.out = text_format("%s", "");
    if (!r.err)
        r.err = text_format("%s", "");
    free(out);
    free(err);
    return r;
}

void process_free(ProcessResult *result) {
    free(result->out);
    free(result->err);
    *result = (ProcessResult){0};
}
