/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception */
/* larson.c - a server: each worker replaces blocks of its table, then hands the table to a
 * successor.
 *
 * After Larson and Krishnan (1998): what a worker frees was often allocated by a thread that has
 * ended, so an allocator whose threads own their memory has to take it over.
 */
#include "bench.h"

#include <stdlib.h>

static const char usage[] = "THREADS SLOTS SMALLEST LARGEST GENERATIONS REPLACEMENTS";

static struct { size_t nslots, smallest, largest, ngenerations, nreplacements; } plan;

typedef struct {
    void **slots;
    uint64_t state;
} Table;

static void *serve(void *argument) {
    Table *table = argument;
    for (size_t i = 0; i < plan.nreplacements; i++) {
        size_t slot = (size_t)(bench_random(&table->state) % plan.nslots);
        free(table->slots[slot]);
        table->slots[slot] = bench_alloc(bench_size(&table->state, plan.smallest, plan.largest));
    }
    return NULL;
}

static void lineage(size_t index, void *argument) {
    Table table = {.slots = calloc(plan.nslots, sizeof(void *)), .state = index + 1};
    (void)argument;
    if (table.slots == NULL)
        bench_fail("calloc returned NULL");
    for (size_t i = 0; i < plan.ngenerations; i++) {
        pthread_t thread;
        if (pthread_create(&thread, NULL, serve, &table) != 0)
            bench_fail("pthread_create failed");
        pthread_join(thread, NULL);
    }
    for (size_t i = 0; i < plan.nslots; i++)
        free(table.slots[i]);
    free(table.slots);
}

int main(int argc, char **argv) {
    size_t nthreads = bench_number(argc, argv, 1, usage);
    plan.nslots = bench_number(argc, argv, 2, usage);
    plan.smallest = bench_number(argc, argv, 3, usage);
    plan.largest = bench_number(argc, argv, 4, usage);
    plan.ngenerations = bench_number(argc, argv, 5, usage);
    plan.nreplacements = bench_number(argc, argv, 6, usage);
    bench_threads(nthreads, lineage, NULL);
    return 0;
}
