/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception */
/* spawn.c - threads by the thousand: each allocates a little, frees half of it, and ends.
 *
 * The other half is freed by whoever started it. Measures what an allocator pays for a thread's
 * first malloc and for its end.
 */
#include "bench.h"

#include <stdlib.h>

static const char usage[] = "STARTERS THREADS BLOCKS SMALLEST LARGEST";

enum { MAX_BLOCKS = 4096 };

static struct { size_t nthreads, nblocks, smallest, largest; } plan;

typedef struct {
    uint64_t state;
    void *left[MAX_BLOCKS];
} Handover;

static void *live_shortly(void *argument) {
    Handover *handover = argument;
    void *own[MAX_BLOCKS];
    for (size_t i = 0; i < plan.nblocks; i++) {
        handover->left[i] = bench_alloc(bench_size(&handover->state, plan.smallest, plan.largest));
        own[i] = bench_alloc(bench_size(&handover->state, plan.smallest, plan.largest));
    }
    for (size_t i = 0; i < plan.nblocks; i++)
        free(own[i]);
    return NULL;
}

static void start_many(size_t index, void *argument) {
    Handover *handover = malloc(sizeof *handover);
    (void)argument;
    if (handover == NULL)
        bench_fail("malloc returned NULL");
    handover->state = index + 1;
    for (size_t i = 0; i < plan.nthreads; i++) {
        pthread_t thread;
        if (pthread_create(&thread, NULL, live_shortly, handover) != 0)
            bench_fail("pthread_create failed");
        pthread_join(thread, NULL);
        for (size_t k = 0; k < plan.nblocks; k++)
            free(handover->left[k]);
    }
    free(handover);
}

int main(int argc, char **argv) {
    size_t nstarters = bench_number(argc, argv, 1, usage);
    plan.nthreads = bench_number(argc, argv, 2, usage) / nstarters;
    plan.nblocks = bench_number(argc, argv, 3, usage);
    plan.smallest = bench_number(argc, argv, 4, usage);
    plan.largest = bench_number(argc, argv, 5, usage);
    if (plan.nblocks > MAX_BLOCKS)
        bench_fail("at most 4096 blocks a thread");
    bench_threads(nstarters, start_many, NULL);
    return 0;
}
