/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception */
/* bench.c - what the benchmark programs share; see bench.h. */
#include "bench.h"

#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum { MAX_THREADS = 512 };

typedef struct {
    pthread_t thread;
    size_t index;
    BenchWorker worker;
    void *argument;
} Started;

static Started started[MAX_THREADS];

void bench_fail(const char *what) {
    fprintf(stderr, "benchmark: %s\n", what);
    _exit(1);
}

size_t bench_number(int argc, char **argv, int index, const char *usage) {
    if (index < argc) {
        char *end;
        unsigned long value = strtoul(argv[index], &end, 10);
        if (*end == '\0' && value > 0)
            return value;
    }
    fprintf(stderr, "usage: %s %s\n", argv[0], usage);
    exit(2);
}

void *bench_alloc(size_t size) {
    char *block = malloc(size);
    if (block == NULL)
        bench_fail("malloc returned NULL");
    block[0] = 1;
    block[size - 1] = 1;
    return block;
}

void *bench_list(uint64_t *state, size_t bytes, size_t smallest, size_t largest) {
    void **last = NULL;
    for (size_t total = 0; total < bytes;) {
        size_t size = bench_size(state, smallest, largest);
        void **block = bench_alloc(size);
        for (size_t at = 0; at + sizeof(void *) <= size; at += 4096)
            ((char *)block)[at] = 1;
        *block = last;
        last = block;
        total += size;
    }
    return last;
}

void bench_free_list(void *list) {
    while (list) {
        void *next = *(void **)list;
        free(list);
        list = next;
    }
}

static void *run_started(void *argument) {
    Started *self = argument;
    self->worker(self->index, self->argument);
    return NULL;
}

void bench_threads(size_t nthreads, BenchWorker worker, void *argument) {
    if (nthreads > MAX_THREADS)
        bench_fail("too many threads");
    if (nthreads == 1) {
        worker(0, argument);
        return;
    }
    for (size_t i = 0; i < nthreads; i++) {
        started[i] = (Started){.index = i, .worker = worker, .argument = argument};
        if (pthread_create(&started[i].thread, NULL, run_started, &started[i]) != 0)
            bench_fail("pthread_create failed");
    }
    for (size_t i = 0; i < nthreads; i++)
        pthread_join(started[i].thread, NULL);
}

size_t bench_rss_kib(void) {
    static char text[4096];
    int file = open("/proc/self/smaps_rollup", O_RDONLY | O_CLOEXEC);
    ssize_t length = file < 0 ? -1 : read(file, text, sizeof text - 1);
    if (length <= 0)
        bench_fail("/proc/self/smaps_rollup cannot be read");
    close(file);
    text[length] = '\0';
    const char *line = strstr(text, "\nRss:");
    if (line == NULL)
        bench_fail("/proc/self/smaps_rollup has no Rss line");
    return strtoul(line + 5, NULL, 10);
}
