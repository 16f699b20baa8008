/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception */
/* survivors.c - 95 of 100 blocks are freed, at random: how much stays resident around the other
 * five?
 *
 * Prints it before anything is freed, right after, after SECONDS without a call, and after
 * malloc_trim(0). A survivor pins its page, never its neighbours' pages: glibc's malloc_trim
 * returns all those.
 */
#include "bench.h"

#include <malloc.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static const char usage[] = "MIB SMALLEST LARGEST [SECONDS]";

int main(int argc, char **argv) {
    size_t wanted = bench_number(argc, argv, 1, usage) * 1024 * 1024, total = 0;
    size_t smallest = bench_number(argc, argv, 2, usage),
           largest = bench_number(argc, argv, 3, usage);
    unsigned seconds = argc > 4 ? (unsigned)bench_number(argc, argv, 4, usage) : 3;
    uint64_t state = 1;
    void **doomed = NULL, **kept = NULL;
    while (total < wanted) {
        size_t size = bench_size(&state, smallest, largest);
        void **block = malloc(size);
        if (block == NULL)
            bench_fail("malloc returned NULL");
        memset(block, 1, size);
        void ***list = bench_random(&state) % 100 < 5 ? &kept : &doomed;
        *block = *list;
        *list = block;
        total += size;
    }
    printf("filled %zu\n", bench_rss_kib());
    while (doomed) {
        void **next = *doomed;
        free(doomed);
        doomed = next;
    }
    printf("freed %zu\n", bench_rss_kib());
    sleep(seconds);
    printf("later %zu\n", bench_rss_kib());
    malloc_trim(0);
    printf("trimmed %zu\n", bench_rss_kib());
    while (kept) {
        void **next = *kept;
        free(kept);
        kept = next;
    }
    return 0;
}
