/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception */
/* grow.c - arrays that grow by realloc, several at a time, so that none can always grow in place.
 *
 * STEP 0 doubles the capacity, as vectors do; any other STEP appends so many bytes a time, as
 * string builders without a plan do.
 */
#include "bench.h"

#include <stdlib.h>
#include <string.h>

static const char usage[] = "THREADS ARRAYS FINAL-SIZE ROUNDS [STEP]";

static struct { size_t narrays, final, nrounds, step; } plan;

typedef struct {
    char *bytes;
    size_t size;
} Array;

static void grow_one(Array *array) {
    size_t larger = plan.step ? array->size + plan.step : array->size * 2;
    if (array->size == 0)
        larger = 16;
    char *bytes = realloc(array->bytes, larger);
    if (bytes == NULL)
        bench_fail("realloc returned NULL");
    memset(bytes + array->size, 1, larger - array->size);
    *array = (Array){bytes, larger};
}

static void grow(size_t index, void *argument) {
    uint64_t state = index + 1;
    Array *arrays = calloc(plan.narrays, sizeof *arrays);
    (void)argument;
    if (arrays == NULL)
        bench_fail("calloc returned NULL");
    for (size_t round = 0; round < plan.nrounds; round++) {
        for (size_t unfinished = plan.narrays; unfinished > 0;) {
            Array *array = &arrays[bench_random(&state) % plan.narrays];
            if (array->size >= plan.final)
                continue;
            grow_one(array);
            unfinished -= array->size >= plan.final;
        }
        for (size_t i = 0; i < plan.narrays; i++) {
            free(arrays[i].bytes);
            arrays[i] = (Array){0};
        }
    }
    free(arrays);
}

int main(int argc, char **argv) {
    size_t nthreads = bench_number(argc, argv, 1, usage);
    plan.narrays = bench_number(argc, argv, 2, usage);
    plan.final = bench_number(argc, argv, 3, usage);
    plan.nrounds = bench_number(argc, argv, 4, usage);
    plan.step = argc > 5 ? bench_number(argc, argv, 5, usage) : 0;
    bench_threads(nthreads, grow, NULL);
    return 0;
}
