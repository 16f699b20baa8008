/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception */
/* profile_user.c - the program whose heap profile test_profile reads: functions that allocate known
 * amounts.
 *
 * keep_small keeps 20 MB in 100-byte objects, churn allocates and frees 200 MB, keep_large keeps
 * one object of 5 MB, keep_in_thread 8 MB in threads that end. With an argument also: signal raises
 * SIGUSR2 and expects a profile in PROFILE_FILE before it goes on call     starts, writes and stops
 * the profile by calls, into PROFILE_FILE fork     a child allocates and exits
 */
#include <pthread.h>
#include <signal.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

enum { SMALL = 200000, IN_THREAD = 8000, THREADS = 4 };

#define APART __attribute__((noinline))

extern void escrt_profile_start(size_t) __attribute__((weak));
extern void escrt_profile_stop(void) __attribute__((weak));
extern bool escrt_profile_write(const char *) __attribute__((weak));

static void *volatile kept[SMALL];
static void *volatile large;

APART void keep_small(void);
APART void churn(void);
APART void keep_large(void);
APART void *keep_in_thread(void *argument);
APART void run_all(void);
APART size_t recurse(size_t depth);

void keep_small(void) {
    for (size_t i = 0; i < SMALL; i++)
        kept[i] = malloc(100);
}

void churn(void) {
    for (size_t i = 0; i < SMALL; i++) {
        void *volatile block = malloc(1000);
        free(block);
    }
}

void keep_large(void) {
    large = malloc(5000000);
    if (large)
        memset(large, 1, 5000000);
}

void *keep_in_thread(void *argument) {
    void **list = NULL;
    (void)argument;
    for (size_t i = 0; i < IN_THREAD / THREADS; i++) {
        void **block = malloc(1000);
        if (block == NULL)
            abort();
        *block = list;
        list = block;
    }
    return list;
}

/* Deeper than any stack that is recorded. */
size_t recurse(size_t depth) {
    if (depth == 0) {
        void *volatile block = malloc(1 << 20);
        free(block);
        return 1;
    }
    return recurse(depth - 1) + 1;
}

void run_all(void) {
    pthread_t threads[THREADS];
    keep_small();
    churn();
    keep_large();
    for (size_t i = 0; i < THREADS; i++)
        if (pthread_create(&threads[i], NULL, keep_in_thread, NULL) != 0)
            abort();
    for (size_t i = 0; i < THREADS; i++)
        pthread_join(threads[i], NULL);
    if (recurse(300) != 301)
        abort();
}

static int profile_is_there(void) {
    const char *file = getenv("PROFILE_FILE");
    return file && access(file, R_OK) == 0;
}

static int in_a_child(void) {
    pid_t child = fork();
    if (child == 0) {
        keep_large();
        exit(0);
    }
    int status;
    waitpid(child, &status, 0);
    return status == 0;
}

static int by_call(void) {
    if (!escrt_profile_start || escrt_profile_write("/dev/null"))
        return 0;
    escrt_profile_start(16384);
    run_all();
    escrt_profile_stop();
    keep_small();
    return escrt_profile_write(getenv("PROFILE_FILE"));
}

int main(int argc, char **argv) {
    const char *mode = argc > 1 ? argv[1] : "";
    if (strcmp(mode, "call") == 0)
        return by_call() ? 0 : 1;
    run_all();
    if (strcmp(mode, "signal") == 0) {
        raise(SIGUSR2);
        if (!profile_is_there())
            return 1;
        _exit(0);
    }
    if (strcmp(mode, "fork") == 0)
        return in_a_child() ? 0 : 1;
    return 0;
}
