/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception */
/* churn.c - each thread replaces blocks at random places of a table of its own.
 *
 * The steady state of most programs: a working set of some size, blocks of unequal ages, no order
 * between malloc and free. With smallest == largest one size class is all there is.
 */
#include "bench.h"

#include <stdlib.h>

static const char usage[] = "THREADS SLOTS SMALLEST LARGEST OPERATIONS";

typedef struct {
    size_t nslots, smallest, largest, noperations;
} Churn;

static void churn(size_t index, void *argument) {
    const Churn *plan = argument;
    void **slots = calloc(plan->nslots, sizeof *slots);
    uint64_t state = index + 1;
    if (slots == NULL)
        bench_fail("calloc returned NULL");
    for (size_t i = 0; i < plan->noperations; i++) {
        size_t slot = (size_t)(bench_random(&state) % plan->nslots);
        free(slots[slot]);
        slots[slot] = bench_alloc(bench_size(&state, plan->smallest, plan->largest));
    }
    for (size_t i = 0; i < plan->nslots; i++)
        free(slots[i]);
    free(slots);
}

int main(int argc, char **argv) {
    size_t nthreads = bench_number(argc, argv, 1, usage);
    Churn plan = {.nslots = bench_number(argc, argv, 2, usage),
                  .smallest = bench_number(argc, argv, 3, usage),
                  .largest = bench_number(argc, argv, 4, usage),
                  .noperations = bench_number(argc, argv, 5, usage) / nthreads};
    bench_threads(nthreads, churn, &plan);
    return 0;
}
