/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception */
/* test_fork.c - fork while other threads are in the middle of malloc: the child can allocate, the
 * parent goes on.
 *
 * POSIX promises a child of a threaded program nothing but async-signal-safe calls; programs rely
 * on malloc all the same, and glibc keeps it working. An alarm ends a child that hangs, and that
 * fails. The first argument, if any, is the number of forks, 6 at least: with ESCAPEMENT_DEBUG each
 * takes long.
 */
#include "check.h"
#include "operations.h"

#include <pthread.h>
#include <spawn.h>
#include <string.h>
#include <sys/wait.h>

enum { NTHREADS = 4 };

extern char **environ;
static atomic_bool stop;
static size_t forks = 60;

static void *keep_allocating(void *argument) {
    static _Atomic(void *) box;
    size_t seed = (size_t)(uintptr_t)argument;
    while (!stop) {
        for (size_t i = 0; i < 300; i++) {
            seed = seed * 6364136223846793005u + 1;
            free(atomic_exchange(&box, malloc((seed >> 40) % 40000)));
        }
        free(malloc(2 << 20));
    }
    return NULL;
}

static void *in_the_child(void *argument) {
    Operations *operations = argument;
    return operations_run(operations, 500) && operations_finish(operations) ? operations : NULL;
}

/* What the parent allocated is there, new memory can be had, by new threads too. */
static int child(Operations *operations) {
    alarm(20);
    if (!operations_check(operations) || !operations_run(operations, 500))
        return 1;
    pthread_t thread;
    void *result = NULL;
    if (pthread_create(&thread, NULL, in_the_child, operations) != 0)
        return 2;
    pthread_join(thread, &result);
    return result ? 0 : 3;
}

static bool ended_well(pid_t process) {
    int status;
    if (waitpid(process, &status, 0) != process)
        return false;
    if (status != 0) /* 14: the alarm */
        dprintf(2, "a child ended with status %d, signal %d\n", status >> 8, status & 127);
    return status == 0;
}

static void fork_many_times(size_t nforks) {
    static Operations operations;
    operations_start(&operations, 7, 30000);
    CHECK(operations_run(&operations, 5000));
    for (size_t i = 0; i < nforks; i++) {
        pid_t process = fork();
        if (process == 0)
            _exit(child(&operations));
        CHECK(operations_run(&operations, 50));
        CHECK(ended_well(process));
    }
    CHECK(operations_finish(&operations));
}

static void a_child_of_one_thread_allocates(void) {
    fork_many_times(forks / 3);
}

static void children_of_many_threads_allocate(void) {
    pthread_t threads[NTHREADS];
    stop = false;
    for (uintptr_t i = 0; i < NTHREADS; i++)
        CHECK(pthread_create(&threads[i], NULL, keep_allocating, (void *)(i + 1)) == 0);
    fork_many_times(forks);
    stop = true;
    for (size_t i = 0; i < NTHREADS; i++)
        pthread_join(threads[i], NULL);
}

static void *fork_here(void *argument) {
    (void)argument;
    for (size_t i = 0; i < forks / 6; i++) {
        pid_t process = fork();
        if (process == 0) {
            alarm(20);
            for (size_t k = 0; k < 1000; k++)
                free(malloc(k * 17));
            _exit(0);
        }
        CHECK(ended_well(process));
    }
    return NULL;
}

static void several_threads_fork_at_once(void) {
    pthread_t threads[NTHREADS], busy;
    stop = false;
    CHECK(pthread_create(&busy, NULL, keep_allocating, (void *)9) == 0);
    for (size_t i = 0; i < NTHREADS; i++)
        CHECK(pthread_create(&threads[i], NULL, fork_here, NULL) == 0);
    for (size_t i = 0; i < NTHREADS; i++)
        pthread_join(threads[i], NULL);
    stop = true;
    pthread_join(busy, NULL);
}

/* The child of a child of a child: each generation forks with its own copy of every lock. */
static int generation(int depth) {
    alarm(20);
    for (size_t i = 0; i < 500; i++)
        free(malloc(i * 31));
    if (depth == 0)
        return 0;
    pid_t process = fork();
    if (process == 0)
        _exit(generation(depth - 1));
    return ended_well(process) ? 0 : 1;
}

static void generations_of_children_allocate(void) {
    pid_t process = fork();
    if (process == 0)
        _exit(generation(8));
    CHECK(ended_well(process));
}

static void spawned_programs_run(void) {
    char *arguments[] = {(char[]){"true"}, NULL};
    for (int i = 0; i < 20; i++) {
        pid_t process;
        CHECK(posix_spawnp(&process, "true", NULL, NULL, arguments, environ) == 0);
        CHECK(ended_well(process));
    }
}

static void handler_that_allocates(void) {
    free(strdup("in a fork handler"));
}

/* Handlers registered by the program run around the allocator's own, and they call malloc. */
static void handlers_of_the_program_may_allocate(void) {
    CHECK(pthread_atfork(handler_that_allocates, handler_that_allocates, handler_that_allocates) ==
          0);
    children_of_many_threads_allocate();
}

int main(int argc, char **argv) {
    if (argc > 1)
        forks = strtoul(argv[1], NULL, 10);
    RUN(a_child_of_one_thread_allocates);
    RUN(children_of_many_threads_allocate);
    RUN(several_threads_fork_at_once);
    RUN(generations_of_children_allocate);
    RUN(spawned_programs_run);
    RUN(handlers_of_the_program_may_allocate);
    return check_report();
}
