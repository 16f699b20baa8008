/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception */
/* lifo.c - allocate DEPTH blocks, free them in the opposite order, again and again.
 *
 * Depth 1 is the pair every fast path is made for; a depth of some hundred walks over the edge of a
 * thread's cache; one of some ten thousand, with ORDER 2 (oldest first), goes through the central
 * lists.
 */
#include "bench.h"

#include <stdlib.h>

static const char usage[] = "THREADS DEPTH SIZE PAIRS [1 newest first | 2 oldest first]";

typedef struct {
    size_t depth, size, npairs, order;
} Plan;

static void single(const Plan *plan) {
    for (size_t i = 0; i < plan->npairs; i++) {
        char *volatile block = malloc(plan->size);
        *block = 1;
        free(block);
    }
}

static void stack(size_t index, void *argument) {
    const Plan *plan = argument;
    (void)index;
    if (plan->depth == 1) {
        single(plan);
        return;
    }
    void **blocks = malloc(plan->depth * sizeof *blocks);
    if (blocks == NULL)
        bench_fail("malloc returned NULL");
    for (size_t round = 0; round < plan->npairs / plan->depth; round++) {
        for (size_t i = 0; i < plan->depth; i++)
            blocks[i] = bench_alloc(plan->size);
        for (size_t i = 0; i < plan->depth; i++)
            free(blocks[plan->order == 1 ? plan->depth - 1 - i : i]);
    }
    free(blocks);
}

int main(int argc, char **argv) {
    size_t nthreads = bench_number(argc, argv, 1, usage);
    Plan plan = {.depth = bench_number(argc, argv, 2, usage),
                 .size = bench_number(argc, argv, 3, usage),
                 .npairs = bench_number(argc, argv, 4, usage) / nthreads,
                 .order = argc > 5 ? bench_number(argc, argv, 5, usage) : 1};
    bench_threads(nthreads, stack, &plan);
    return 0;
}
