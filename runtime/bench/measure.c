/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception */
/* measure.c - run one row under one allocator once: CPU time and peak memory from wait4.
 *
 * The allocator is preloaded into the measured program alone: a server's client and the driver run
 * with the C library's. glibc's is preloaded too (its libc.so.6 again), because a program linked
 * with another malloc, as Debian's redis is, would otherwise run with that one.
 *
 * INVARIANT  Every process started here is waited for; an alarm that survives exec ends one that
 * hangs.
 */
#include "rows.h"

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

enum { MAX_WORDS = 64, WORDS_BYTES = 4096, LIMIT_S = 180 };

typedef struct {
    char bytes[WORDS_BYTES];
    char *words[MAX_WORDS + 1];
} Command;

const Row bench_rows[] = {
#define ROW(name, group, kind, command, client) {name, group, kind, command, client},
#include "rows.def"
#undef ROW
};
const size_t bench_nrows = sizeof bench_rows / sizeof *bench_rows;
const char *const bench_group_names[NGROUPS] = {"1 thread", "2 threads", "8 threads",
                                                "real programs"};

static const char *place(const Places *places, char letter) {
    switch (letter) {
    case 'B':
        return places->programs;
    case 'I':
        return places->inputs;
    case 'W':
        return places->scratch;
    default:
        return NULL;
    }
}

/* Fill in @B, @I and @W and cut at blanks. The texts are ours (rows.def); they fit. */
static void expand(Command *command, const char *text, const Places *places) {
    size_t length = 0, nwords = 0;
    for (const char *at = text; *at && length + 1 < WORDS_BYTES; at++) {
        const char *path = at[0] == '@' ? place(places, at[1]) : NULL;
        if (path) {
            length += (size_t)snprintf(command->bytes + length, WORDS_BYTES - length, "%s", path);
            at++;
        } else {
            command->bytes[length++] = *at;
        }
    }
    command->bytes[length] = '\0';
    for (char *word = strtok(command->bytes, " "); word && nwords < MAX_WORDS;
         word = strtok(NULL, " "))
        command->words[nwords++] = word;
    command->words[nwords] = NULL;
}

/* In the child: its standard streams, its allocator, its time limit; then the program. */
static void become(const Command *command, const Contestant *contestant, int output) {
    int null = open("/dev/null", O_RDWR);
    dup2(null, STDIN_FILENO);
    dup2(output < 0 ? null : output, STDOUT_FILENO);
    setenv("PYTHONMALLOC", "malloc", 1);
    setenv("PYTHONHASHSEED", "0", 1);
    unsetenv("LD_PRELOAD");
    if (contestant) {
        setenv("LD_PRELOAD", contestant->library, 1);
        if (contestant->setting) {
            char *setting = strdup(contestant->setting);
            if (setting == NULL || putenv(setting) != 0)
                _exit(127);
        }
    }
    alarm(LIMIT_S);
    execvp(command->words[0], command->words);
    fprintf(stderr, "bench-malloc: %s: %s\n", command->words[0], strerror(errno));
    _exit(127);
}

static pid_t start(const char *text, const Contestant *contestant, const Places *places,
                   int output) {
    static Command command;
    expand(&command, text, places);
    fflush(NULL);
    pid_t child = fork();
    if (child == 0)
        become(&command, contestant, output);
    return child;
}

static double seconds(const struct timeval *time) {
    return (double)time->tv_sec + (double)time->tv_usec / 1e6;
}

/* Wait for the child; what it used goes to the sample (which may be NULL). 1 when it ended well. */
static int finish(pid_t child, Sample *sample) {
    int status;
    struct rusage usage;
    if (child < 0 || wait4(child, &status, 0, &usage) != child)
        return 0;
    if (sample) {
        sample->cpu_s = seconds(&usage.ru_utime) + seconds(&usage.ru_stime);
        sample->rss_kib = (double)usage.ru_maxrss;
    }
    return WIFEXITED(status) && WEXITSTATUS(status) == 0;
}

static int run_once(const Row *row, const Contestant *contestant, const Places *places,
                    Sample *sample) {
    return finish(start(row->command, contestant, places, -1), sample);
}

/* A connection that works is the client's own matter: it tries for some seconds before it counts.
 */
static int serve_once(const Row *row, const Contestant *contestant, const Places *places,
                      Sample *sample) {
    char socket[WORDS_BYTES];
    snprintf(socket, sizeof socket, "%s/redis.sock", places->scratch);
    unlink(socket);
    pid_t server = start(row->command, contestant, places, -1);
    for (int tries = 0; access(socket, F_OK) != 0 && tries < 500; tries++)
        nanosleep(&(struct timespec){.tv_nsec = 10000000}, NULL);
    int talked = finish(start(row->client, NULL, places, -1), NULL);
    kill(server, SIGTERM);
    return finish(server, sample) && talked;
}

static void read_metrics(FILE *lines, Sample *sample) {
    char line[256];
    while (fgets(line, sizeof line, lines) && sample->nmetrics < MAX_METRICS) {
        char *blank = strchr(line, ' ');
        if (blank == NULL)
            continue;
        *blank = '\0';
        snprintf(sample->metric_names[sample->nmetrics], METRIC_NAME, "%.*s", METRIC_NAME - 1,
                 line);
        sample->metrics[sample->nmetrics++] = strtod(blank + 1, NULL);
    }
}

static int read_memory(const Row *row, const Contestant *contestant, const Places *places,
                       Sample *sample) {
    int ends[2];
    if (pipe2(ends, O_CLOEXEC) != 0)
        return 0;
    pid_t child = start(row->command, contestant, places, ends[1]);
    close(ends[1]);
    FILE *lines = fdopen(ends[0], "r");
    if (lines) {
        read_metrics(lines, sample);
        fclose(lines);
    }
    return finish(child, sample) && sample->nmetrics > 0;
}

int bench_measure(const Row *row, const Contestant *contestant, const Places *places,
                  Sample *sample) {
    static int (*const ways[])(const Row *, const Contestant *, const Places *, Sample *) = {
        [RUN] = run_once, [SERVE] = serve_once, [MEMORY] = read_memory};
    *sample = (Sample){0};
    if (ways[row->kind](row, contestant, places, sample))
        return 1;
    fprintf(stderr, "bench-malloc: %s failed under %s\n", row->name, contestant->name);
    return 0;
}
