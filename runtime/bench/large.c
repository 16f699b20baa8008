/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception */
/* large.c - blocks of many pages, some tens alive at a time, of which every page or the first is
 * written.
 *
 * Measures what an allocator pays the kernel: one that maps and unmaps each block pays a page fault
 * for each page again and again; one that keeps all of them pays in resident memory.
 */
#include "bench.h"

#include <stdlib.h>

static const char usage[] = "THREADS ALIVE SMALLEST LARGEST OPERATIONS [1 ends | 2 every page]";

static struct { size_t nalive, smallest, largest, noperations, touch; } plan;

static void replace(size_t index, void *argument) {
    uint64_t state = index + 1;
    void **alive = calloc(plan.nalive, sizeof *alive);
    (void)argument;
    if (alive == NULL)
        bench_fail("calloc returned NULL");
    for (size_t i = 0; i < plan.noperations; i++) {
        size_t slot = (size_t)(bench_random(&state) % plan.nalive);
        size_t size = bench_size(&state, plan.smallest, plan.largest);
        free(alive[slot]);
        char *block = bench_alloc(size);
        for (size_t at = 0; plan.touch == 2 && at < size; at += 4096)
            block[at] = 1;
        alive[slot] = block;
    }
    for (size_t i = 0; i < plan.nalive; i++)
        free(alive[i]);
    free(alive);
}

int main(int argc, char **argv) {
    size_t nthreads = bench_number(argc, argv, 1, usage);
    plan.nalive = bench_number(argc, argv, 2, usage);
    plan.smallest = bench_number(argc, argv, 3, usage);
    plan.largest = bench_number(argc, argv, 4, usage);
    plan.noperations = bench_number(argc, argv, 5, usage) / nthreads;
    plan.touch = argc > 6 ? bench_number(argc, argv, 6, usage) : 1;
    bench_threads(nthreads, replace, NULL);
    return 0;
}
