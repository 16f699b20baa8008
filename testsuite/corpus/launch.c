/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception */
/* launch.c - run a command and write down what it cost.
 *
 *     launch [-s STATS] [-c COUNTER.so -n COUNTS] [-t SECONDS] COMMAND ARGUMENT...
 *     launch -z COUNTS [-d DEPTH]      make a fresh counts file (call paths of DEPTH)
 *     launch -p COUNTS                 print its totals, one line
 *     launch -P COUNTS                 print its call paths: allocations bytes address...
 *
 * To STATS one line is appended: peak resident set in KiB, CPU time (user and system) in
 * microseconds, of the command and all its descendants that were waited for. The counter
 * is preloaded into the command only. Address randomisation is switched off, so that two
 * runs differ in nothing but the program. Exit status: the command's; 124 on running out
 * of time, as timeout(1).
 *
 * NOT HERE  Counting (counter.c), tables (scripts/corpus).
 */
#define _GNU_SOURCE
#include "counts.h"
#include "shared_file.h"

#include <errno.h>
#include <inttypes.h>
#include <signal.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/personality.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

typedef struct {
    const char *stats;
    const char *counter;
    const char *counts;
    unsigned seconds;
} Options;

static volatile sig_atomic_t expired;
static volatile pid_t child;

/* The command has a process group of its own, so that what it started ends with it. */
static void out_of_time(int signal_number) {
    (void)signal_number;
    expired = 1;
    kill(-child, SIGKILL);
}

static void make_counts(const char *name, uint64_t depth) {
    int file = make_shared(name, sizeof(Counts));
    off_t at = (off_t)offsetof(Counts, depth);
    if (pwrite(file, &depth, sizeof depth, at) != (ssize_t)sizeof depth)
        die(name);
    close(file);
}

static void print_totals(const char *name) {
    const Counts *c = read_shared(name, sizeof *c);
    printf("allocations %" PRIu64 " bytes %" PRIu64 " reallocations %" PRIu64 " frees %" PRIu64
           " processes %" PRIu64 "\n",
           c->mallocs + c->callocs + c->aligned + c->reallocs_new, c->bytes, c->reallocs, c->frees,
           c->processes);
}

static void print_paths(const char *name) {
    const Counts *c = read_shared(name, sizeof *c);
    if (c->paths_lost != 0)
        fprintf(stderr, "launch: %" PRIu64 " allocations have no path\n", c->paths_lost);
    for (unsigned i = 0; i < COUNTS_PATHS; i++) {
        const CallPath *path = &c->paths[i];
        if (path->hash == 0)
            continue;
        printf("%" PRIu64 " %" PRIu64, path->allocations, path->bytes);
        for (unsigned j = 0; j < COUNTS_DEPTH && path->address[j] != 0; j++)
            printf(" 0x%" PRIx64, path->address[j]);
        putchar('\n');
    }
}

static _Noreturn void start(const Options *options, char **command) {
    setpgid(0, 0);
    personality(ADDR_NO_RANDOMIZE);
    if (options->counter != NULL) {
        setenv("LD_PRELOAD", options->counter, 1);
        setenv("ESCAPEMENT_COUNTS", options->counts, 1);
    }
    execvp(command[0], command);
    fprintf(stderr, "launch: %s: %s\n", command[0], strerror(errno));
    _exit(127);
}

static uint64_t microseconds(struct timeval time) {
    return (uint64_t)time.tv_sec * 1000000u + (uint64_t)time.tv_usec;
}

static void write_stats(const char *name, const struct rusage *usage) {
    FILE *file = fopen(name, "a");
    if (file == NULL)
        die(name);
    fprintf(file, "%ld %" PRIu64 "\n", usage->ru_maxrss,
            microseconds(usage->ru_utime) + microseconds(usage->ru_stime));
    if (fclose(file) != 0)
        die(name);
}

static int run(const Options *options, char **command) {
    child = fork();
    if (child < 0)
        die("fork");
    if (child == 0)
        start(options, command);
    setpgid(child, child);
    signal(SIGALRM, out_of_time);
    alarm(options->seconds);
    int status;
    struct rusage usage;
    while (wait4(child, &status, 0, &usage) < 0)
        if (errno != EINTR)
            die("wait");
    alarm(0);
    if (options->stats != NULL)
        write_stats(options->stats, &usage);
    if (expired)
        return 124;
    return WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
}

int main(int argc, char **argv) {
    Options options = {0};
    uint64_t depth = 0;
    const char *fresh = NULL;
    int option;
    while ((option = getopt(argc, argv, "+s:c:n:t:z:d:p:P:")) != -1) {
        switch (option) {
        case 's':
            options.stats = optarg;
            break;
        case 'c':
            options.counter = optarg;
            break;
        case 'n':
            options.counts = optarg;
            break;
        case 't':
            options.seconds = (unsigned)strtoul(optarg, NULL, 10);
            break;
        case 'z':
            fresh = optarg;
            break;
        case 'd':
            depth = strtoul(optarg, NULL, 10);
            break;
        case 'p':
            print_totals(optarg);
            return 0;
        case 'P':
            print_paths(optarg);
            return 0;
        default:
            return 125;
        }
    }
    if (fresh != NULL) {
        make_counts(fresh, depth);
        return 0;
    }
    if (optind >= argc || (options.counter != NULL) != (options.counts != NULL)) {
        fputs("launch: usage: see the head of launch.c\n", stderr);
        return 125;
    }
    return run(&options, argv + optind);
}
