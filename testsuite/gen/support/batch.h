/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
 *
 * batch.h - the main of many programs: each runs in a child, so that one that crashes, hangs or
 * spoils its memory takes none of the others with it.
 *
 *     program 17         what it prints alone, between the line with its seed
 *     phase0 ...         and the line with its end, as a shell would say it
 *     exit status 5
 */
#ifndef GEN_BATCH_H
#define GEN_BATCH_H

#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

struct program {
    unsigned long long seed;
    int (*run)(void);
};

/* Seconds of one program: most take milliseconds. Of processor time, so that a busy machine is no
 * failure, and of real time, for one that waits for ever. */
enum { MOST_PROCESSOR = 10, MOST_REAL = 120 };

static void batch_child(const struct program *p) {
    struct rlimit seconds = {MOST_PROCESSOR, MOST_PROCESSOR}, none = {0, 0};
    setrlimit(RLIMIT_CPU, &seconds);
    setrlimit(RLIMIT_CORE, &none);
    alarm(MOST_REAL);
    exit(p->run());
}

static int batch_run(const struct program *programs, size_t n) {
    for (size_t i = 0; i < n; i++) {
        int status;
        printf("program %llu\n", programs[i].seed);
        fflush(stdout);
        pid_t child = fork();
        if (child == 0)
            batch_child(&programs[i]);
        if (child < 0 || waitpid(child, &status, 0) != child) {
            perror("batch");
            return 99;
        }
        printf("exit status %d\n",
               WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status));
    }
    return 0;
}

#endif
