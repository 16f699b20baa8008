/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception */
/* idle.c - threads each allocate some memory of mixed sizes, free it, and sleep: what stays
 * resident?
 *
 * A server's pool of threads after a burst. Memory kept in the caches of sleeping threads serves
 * nobody. Prints the resident memory a second after the last free; the C library and the stacks are
 * part of it.
 */
#include "bench.h"

#include <stdio.h>
#include <unistd.h>

static const char usage[] = "THREADS KIB-EACH [SECONDS]";

static pthread_barrier_t freed, leave;
static size_t wanted_bytes;

static void burst(size_t index, void *argument) {
    uint64_t state = index + 1;
    (void)argument;
    bench_free_list(bench_list(&state, wanted_bytes, 16, 8192));
    pthread_barrier_wait(&freed);
    pthread_barrier_wait(&leave);
}

static void *sleeper(void *argument) {
    burst((size_t)(uintptr_t)argument, NULL);
    return NULL;
}

int main(int argc, char **argv) {
    static pthread_t threads[512];
    size_t nthreads = bench_number(argc, argv, 1, usage);
    size_t seconds = argc > 3 ? bench_number(argc, argv, 3, usage) : 1;
    wanted_bytes = bench_number(argc, argv, 2, usage) * 1024;
    if (nthreads > 512)
        bench_fail("at most 512 threads");
    pthread_barrier_init(&freed, NULL, (unsigned)nthreads + 1);
    pthread_barrier_init(&leave, NULL, (unsigned)nthreads + 1);
    for (size_t i = 0; i < nthreads; i++)
        if (pthread_create(&threads[i], NULL, sleeper, (void *)(uintptr_t)i) != 0)
            bench_fail("pthread_create failed");
    pthread_barrier_wait(&freed);
    sleep((unsigned)seconds);
    printf("idle %zu\n", bench_rss_kib());
    pthread_barrier_wait(&leave);
    for (size_t i = 0; i < nthreads; i++)
        pthread_join(threads[i], NULL);
    return 0;
}
