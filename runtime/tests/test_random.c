/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception */
/* test_random.c - random sequences of calls, by one thread and by several that hand blocks to each
 * other.
 *
 *     test_random [SEED [CALLS]]        a seed of its own, or the one that a failure printed
 */
#include "check.h"
#include "operations.h"

#include <pthread.h>
#include <string.h>
#include <time.h>

enum { NTHREADS = 6, EXCHANGES = 300 };

static uint64_t first_seed = 1;
static size_t ncalls = 60000;

static bool report(const Operations *operations, uint64_t seed) {
    if (operations->wrong == NULL)
        return true;
    const Slot *slot = &operations->slots[operations->wrong_slot];
    dprintf(2, "seed %llu: %s: slot %zu, address %p, %zu bytes\n", (unsigned long long)seed,
            operations->wrong, operations->wrong_slot, (void *)slot->address, slot->size);
    return false;
}

static void one_thread_never_finds_a_changed_byte(void) {
    static Operations operations;
    static const size_t largest[] = {64, 1024, 40000, 1 << 20};
    for (uint64_t i = 0; i < 8; i++) {
        operations_start(&operations, first_seed + i, largest[i % 4]);
        bool well = operations_run(&operations, ncalls / (i % 4 == 3 ? 12 : 4));
        CHECK(well && operations_finish(&operations));
        CHECK(report(&operations, first_seed + i));
    }
}

static pthread_mutex_t table_lock = PTHREAD_MUTEX_INITIALIZER;
static Slot handed_over[64];

/* Swap one slot with the common table: the block's next change or free is by another thread. */
static void exchange(Operations *operations, size_t number) {
    Slot *mine = &operations->slots[number % OPERATIONS_SLOTS];
    pthread_mutex_lock(&table_lock);
    Slot theirs = handed_over[number % 64];
    handed_over[number % 64] = *mine;
    pthread_mutex_unlock(&table_lock);
    *mine = theirs;
}

static void *work(void *argument) {
    uint64_t seed = *(uint64_t *)argument;
    Operations *operations = malloc(sizeof *operations);
    if (!CHECK(operations != NULL))
        return NULL;
    operations_start(operations, seed, 20000);
    for (size_t i = 0; i < EXCHANGES && operations_run(operations, ncalls / 4 / EXCHANGES); i++)
        exchange(operations, i * 37 + seed);
    CHECK(operations_finish(operations));
    CHECK(report(operations, seed));
    free(operations);
    return NULL;
}

static void threads_that_exchange_blocks_never_find_a_changed_byte(void) {
    pthread_t threads[NTHREADS];
    uint64_t seeds[NTHREADS];
    for (size_t i = 0; i < NTHREADS; i++) {
        seeds[i] = first_seed * 100 + i;
        CHECK(pthread_create(&threads[i], NULL, work, &seeds[i]) == 0);
    }
    for (size_t i = 0; i < NTHREADS; i++)
        pthread_join(threads[i], NULL);
    for (size_t i = 0; i < 64; i++) {
        CHECK(handed_over[i].address == NULL || operations_intact(&handed_over[i]));
        free(handed_over[i].address);
    }
    memset(handed_over, 0, sizeof handed_over);
}

int main(int argc, char **argv) {
    if (argc > 1)
        first_seed =
            strcmp(argv[1], "clock") == 0 ? (uint64_t)time(NULL) : strtoull(argv[1], NULL, 10);
    if (argc > 2)
        ncalls = strtoul(argv[2], NULL, 10);
    printf("seed %llu\n", (unsigned long long)first_seed);
    RUN(one_thread_never_finds_a_changed_byte);
    RUN(threads_that_exchange_blocks_never_find_a_changed_byte);
    return check_report();
}
