/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception */
/* exchange.c - threads work on tables of their own and now and then swap a block with any other
 * thread.
 *
 * Between churn.c (no free is remote) and remote.c (all are): one block in EVERY travels, and
 * objects are of mixed sizes and ages.
 */
#include "bench.h"

#include <stdatomic.h>
#include <stdlib.h>

static const char usage[] = "THREADS SLOTS SMALLEST LARGEST OPERATIONS EVERY";

enum { MEETING = 1024 };

static _Atomic(void *) meeting[MEETING];

static struct { size_t nslots, smallest, largest, noperations, every; } plan;

static void work(size_t index, void *argument) {
    uint64_t state = index + 1;
    void **slots = calloc(plan.nslots, sizeof *slots);
    (void)argument;
    if (slots == NULL)
        bench_fail("calloc returned NULL");
    for (size_t i = 0; i < plan.noperations; i++) {
        void **slot = &slots[bench_random(&state) % plan.nslots];
        free(*slot);
        *slot = bench_alloc(bench_size(&state, plan.smallest, plan.largest));
        if (i % plan.every == 0)
            *slot = atomic_exchange(&meeting[bench_random(&state) % MEETING], *slot);
    }
    for (size_t i = 0; i < plan.nslots; i++)
        free(slots[i]);
    free(slots);
}

int main(int argc, char **argv) {
    size_t nthreads = bench_number(argc, argv, 1, usage);
    plan.nslots = bench_number(argc, argv, 2, usage);
    plan.smallest = bench_number(argc, argv, 3, usage);
    plan.largest = bench_number(argc, argv, 4, usage);
    plan.noperations = bench_number(argc, argv, 5, usage) / nthreads;
    plan.every = bench_number(argc, argv, 6, usage);
    bench_threads(nthreads, work, NULL);
    for (size_t i = 0; i < MEETING; i++)
        free(atomic_load(&meeting[i]));
    return 0;
}
