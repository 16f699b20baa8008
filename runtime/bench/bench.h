/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception */
/* bench.h - what the benchmark programs share: numbers, random sizes, threads, memory in use.
 *
 * A program does a fixed amount of work that depends on its arguments alone, so that CPU time can
 * be compared between allocators. It says nothing unless it measures memory itself; then it prints
 * lines "NAME VALUE" that the driver reads.
 *
 * INVARIANT  Nothing here allocates once the threads run: the allocator under test sees the
 * program's own requests alone.
 */
#ifndef BENCH_H
#define BENCH_H

#include <pthread.h>
#include <stddef.h>
#include <stdint.h>

/* Argument `index`, a positive number; the program ends with its usage line when it is not one. */
size_t bench_number(int argc, char **argv, int index, const char *usage);

/* splitmix64: one multiplication chain, so that the generator is small beside a malloc. */
static inline uint64_t bench_random(uint64_t *state) {
    uint64_t bits = (*state += 0x9e3779b97f4a7c15u);
    bits = (bits ^ (bits >> 30)) * 0xbf58476d1ce4e5b9u;
    bits = (bits ^ (bits >> 27)) * 0x94d049bb133111ebu;
    return bits ^ (bits >> 31);
}

/* A size in [smallest, largest]. Half of all requests lie in the lowest octave or two: what
 * programs ask for is skewed to small sizes, and a uniform choice would measure memset instead. */
static inline size_t bench_size(uint64_t *state, size_t smallest, size_t largest) {
    uint64_t bits = bench_random(state);
    size_t span = largest - smallest + 1;
    unsigned shrink = (unsigned)__builtin_ctzll((bits >> 52) | 0x800u);
    size_t cut = span >> shrink;
    return smallest + (size_t)((bits & 0xffffffffu) * (uint64_t)(cut ? cut : 1) >> 32);
}

/* malloc that ends the program on failure and writes the first and the last byte, as a user would.
 */
void *bench_alloc(size_t size);

/* Blocks of random sizes, `bytes` in all, every page of them written to, in a list that runs
 * through the blocks themselves: an array of their addresses would be one more large block. */
void *bench_list(uint64_t *state, size_t bytes, size_t smallest, size_t largest);
void bench_free_list(void *list);

typedef void (*BenchWorker)(size_t index, void *argument);

/* Run `worker` in `nthreads` threads with indices 0.. and join them; index 0 runs in this thread
 * when there is only one, so that single-threaded rows are single-threaded for the allocator too.
 */
void bench_threads(size_t nthreads, BenchWorker worker, void *argument);

/* Resident memory in KiB, exact (smaps_rollup: statm's counters lag by up to a batch a processor).
 */
size_t bench_rss_kib(void);

void bench_fail(const char *what);

#endif
