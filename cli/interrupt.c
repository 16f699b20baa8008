/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception */
/* interrupt.c - see interrupt.h.
 *
 * The handler may run in the middle of malloc, so it removes the directory by another program:
 * fork, execve and waitpid are allowed there. Then the signal does what it would have done.
 */
#include "interrupt.h"

#include <signal.h>
#include <stdbool.h>
#include <stddef.h>
#include <sys/wait.h>
#include <unistd.h>

static volatile sig_atomic_t group;
static const char *volatile directory;
static volatile pid_t
    owner; /* a child that has not become its program yet is nobody to remove it */

static void on_signal(int number) {
    if (getpid() == owner) {
        if (group)
            kill(-(pid_t)group, SIGKILL);
        pid_t remover = directory ? fork() : -1;
        if (remover == 0) {
            execl("/bin/rm", "rm", "-rf", "--", directory, (char *)NULL);
            _exit(1);
        }
        if (remover > 0)
            waitpid(remover, NULL, 0);
    }
    signal(number, SIG_DFL);
    raise(number);
}

static void catch_signals(void) {
    static const int caught[] = {SIGINT, SIGTERM, SIGHUP};
    struct sigaction action = {.sa_handler = on_signal}, old;
    sigemptyset(&action.sa_mask);
    for (size_t i = 0; i < sizeof caught / sizeof *caught; i++)
        sigaddset(&action.sa_mask, caught[i]);
    owner = getpid();
    for (size_t i = 0; i < sizeof caught / sizeof *caught; i++)
        /* What nohup or a shell in the background had us ignore stays ignored. */
        if (sigaction(caught[i], NULL, &old) == 0 && old.sa_handler == SIG_DFL)
            sigaction(caught[i], &action, NULL);
}

void interrupt_kills(pid_t process_group) {
    catch_signals();
    group = process_group;
}

void interrupt_removes(const char *path) {
    catch_signals();
    directory = path;
}
