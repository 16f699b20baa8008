/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception */
/* giveback.c - memory is filled and freed, and its owners block: how much is resident 0, 1, 3, 12 s
 * later?
 *
 * Nobody calls malloc in that time, so an allocator that gives memory back only inside malloc and
 * free gives nothing back.
 */
#include "bench.h"

#include <stdio.h>
#include <unistd.h>

static const char usage[] = "THREADS MIB [LAST-SECOND]";

static pthread_barrier_t freed, leave;
static size_t share_bytes;

static void *fill_and_free(void *argument) {
    uint64_t state = (uint64_t)(uintptr_t)argument + 1;
    bench_free_list(bench_list(&state, share_bytes, 16, 16384));
    pthread_barrier_wait(&freed);
    pthread_barrier_wait(&leave);
    return NULL;
}

int main(int argc, char **argv) {
    static pthread_t threads[64];
    static const unsigned seconds[] = {0, 1, 3, 12};
    size_t nthreads = bench_number(argc, argv, 1, usage);
    size_t last_second = argc > 3 ? bench_number(argc, argv, 3, usage) : 12;
    share_bytes = bench_number(argc, argv, 2, usage) * 1024 * 1024 / nthreads;
    if (nthreads > 64)
        bench_fail("at most 64 threads");
    pthread_barrier_init(&freed, NULL, (unsigned)nthreads + 1);
    pthread_barrier_init(&leave, NULL, (unsigned)nthreads + 1);
    for (size_t i = 0; i < nthreads; i++)
        if (pthread_create(&threads[i], NULL, fill_and_free, (void *)(uintptr_t)i) != 0)
            bench_fail("pthread_create failed");
    pthread_barrier_wait(&freed);
    for (size_t i = 0, slept = 0; i < 4 && seconds[i] <= last_second; i++) {
        sleep(seconds[i] - (unsigned)slept);
        slept = seconds[i];
        printf("after-%us %zu\n", seconds[i], bench_rss_kib());
    }
    fflush(stdout);
    pthread_barrier_wait(&leave);
    for (size_t i = 0; i < nthreads; i++)
        pthread_join(threads[i], NULL);
    return 0;
}
