/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception */
/* checked_locks.c - a build with checks ends a program that takes locks against their order.
 *
 * Linked with the library at check level 3.
 */
#include "check.h"
#include "lock.h"

#include <signal.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/wait.h>

static Lock central = LOCK_INIT(RANK_CENTRAL), other = LOCK_INIT(RANK_CENTRAL),
            heap_lock = LOCK_INIT(RANK_HEAP), cache = LOCK_INIT(RANK_CACHE);

static void in_order(void) {
    lock_take(&cache);
    lock_take(&central);
    lock_take(&heap_lock);
    lock_give(&heap_lock);
    lock_give(&central);
    lock_give(&cache);
}

static void against_the_order(void) {
    lock_take(&heap_lock);
    lock_take(&central);
}

static void try_against_the_order(void) {
    lock_take(&central);
    (void)lock_try(&cache);
}

/* As fork does, and as long as each is given back nothing is held. */
static void one_after_the_other(void) {
    lock_take(&central);
    lock_take(&other);
    lock_give(&central);
    lock_give(&other);
    in_order();
}

static int status_of(void (*f)(void), char *text, size_t room) {
    int ends[2], status;
    CHECK(pipe(ends) == 0);
    pid_t child = fork();
    if (child == 0) {
        setrlimit(RLIMIT_CORE, &(struct rlimit){0, 0});
        dup2(ends[1], STDERR_FILENO);
        f();
        _exit(0);
    }
    close(ends[1]);
    ssize_t length = read(ends[0], text, room - 1);
    text[length > 0 ? length : 0] = '\0';
    close(ends[0]);
    waitpid(child, &status, 0);
    return status;
}

static void locks_in_their_order_are_taken(void) {
    char text[256];
    CHECK(status_of(in_order, text, sizeof text) == 0 && text[0] == '\0');
    CHECK(status_of(one_after_the_other, text, sizeof text) == 0 && text[0] == '\0');
}

static void locks_against_their_order_end_the_process(void) {
    char text[256];
    int status = status_of(against_the_order, text, sizeof text);
    CHECK(WIFSIGNALED(status) && WTERMSIG(status) == SIGABRT);
    CHECK(strncmp(text, "escapement: lock order: ", 24) == 0);
    status = status_of(try_against_the_order, text, sizeof text);
    CHECK(WIFSIGNALED(status) && strstr(text, "lock order"));
}

int main(void) {
    RUN(locks_in_their_order_are_taken);
    RUN(locks_against_their_order_end_the_process);
    return check_report();
}
