/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception */
/* remote.c - one thread of each pair allocates, the other frees: every free is remote.
 *
 * Blocks travel in batches over a ring of a fixed length. A side that has to wait sleeps instead of
 * spinning: a spinning thread's CPU time would be counted as the allocator's.
 */
#include "bench.h"

#include <stdlib.h>

static const char usage[] = "PAIRS BATCH SMALLEST LARGEST BLOCKS";

enum { RING = 16, MAX_BATCH = 1024, MAX_PAIRS = 64 };

typedef struct {
    pthread_mutex_t lock;
    pthread_cond_t moved;
    size_t head, tail; /* batches taken, batches put; protected by lock */
    void *blocks[RING][MAX_BATCH];
} Ring;

static struct { size_t batch, smallest, largest, nbatches; } plan;

static Ring rings[MAX_PAIRS];

static void wait_until(Ring *ring, int full) {
    pthread_mutex_lock(&ring->lock);
    while (full ? ring->head == ring->tail : ring->tail - ring->head == RING)
        pthread_cond_wait(&ring->moved, &ring->lock);
    pthread_mutex_unlock(&ring->lock);
}

static void advance(Ring *ring, size_t *end) {
    pthread_mutex_lock(&ring->lock);
    *end += 1;
    pthread_cond_signal(&ring->moved);
    pthread_mutex_unlock(&ring->lock);
}

static void produce(Ring *ring, uint64_t seed) {
    for (size_t i = 0; i < plan.nbatches; i++) {
        wait_until(ring, 0);
        for (size_t k = 0; k < plan.batch; k++)
            ring->blocks[i % RING][k] = bench_alloc(bench_size(&seed, plan.smallest, plan.largest));
        advance(ring, &ring->tail);
    }
}

static void consume(Ring *ring) {
    for (size_t i = 0; i < plan.nbatches; i++) {
        wait_until(ring, 1);
        for (size_t k = 0; k < plan.batch; k++)
            free(ring->blocks[i % RING][k]);
        advance(ring, &ring->head);
    }
}

static void side(size_t index, void *argument) {
    (void)argument;
    if (index % 2 == 0)
        produce(&rings[index / 2], index + 1);
    else
        consume(&rings[index / 2]);
}

int main(int argc, char **argv) {
    size_t npairs = bench_number(argc, argv, 1, usage);
    plan.batch = bench_number(argc, argv, 2, usage);
    plan.smallest = bench_number(argc, argv, 3, usage);
    plan.largest = bench_number(argc, argv, 4, usage);
    plan.nbatches = bench_number(argc, argv, 5, usage) / npairs / plan.batch;
    if (npairs > MAX_PAIRS || plan.batch > MAX_BATCH)
        bench_fail("at most 64 pairs and batches of 1024");
    for (size_t i = 0; i < npairs; i++) {
        pthread_mutex_init(&rings[i].lock, NULL);
        pthread_cond_init(&rings[i].moved, NULL);
    }
    bench_threads(2 * npairs, side, NULL);
    return 0;
}
