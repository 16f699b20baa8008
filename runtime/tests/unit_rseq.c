/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception */
/* unit_rseq.c - restartable sequences under everything that breaks them off.
 *
 * Threads allocate and free on a cache while a timer's signals arrive every few microseconds, they
 * are moved from CPU to CPU, and another thread stops and drains the caches. Each object carries
 * the stamp of the thread that has it: a second owner would change it.
 */
#include "allocate.h"
#include "cache.h"
#include "check.h"
#include "escapement/runtime.h"
#include "rseq.h"

#include <pthread.h>
#include <sched.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/time.h>

enum { THREADS = 4, HELD = 64, ROUNDS = 1500000 };

static atomic_ulong signals;
static atomic_bool done;

static void count_signal(int number) {
    (void)number;
    atomic_fetch_add(&signals, 1);
}

static void move_to(long cpu) {
    cpu_set_t set;
    CPU_ZERO(&set);
    CPU_SET((size_t)(cpu % sysconf(_SC_NPROCESSORS_ONLN)), &set);
    sched_setaffinity(0, sizeof set, &set);
}

static void *allocate_and_free(void *argument) {
    uintptr_t me = (uintptr_t)argument;
    uintptr_t *held[HELD] = {NULL};
    for (uint32_t i = 0; i < ROUNDS; i++) {
        uint32_t slot = i * 2654435761u >> 26;
        if (i % 4096 == 0)
            move_to((long)(me + i / 4096));
        if (held[slot]) {
            if (held[slot][0] != me || held[slot][2] != slot)
                CHECK(held[slot][0] == me && held[slot][2] == slot);
            free(held[slot]);
        }
        held[slot] = malloc(i % 16 ? 24 + i % 3 * 40 : 40000 + i % 5 * 40000);
        held[slot][0] = me;
        held[slot][2] = slot;
    }
    for (uint32_t slot = 0; slot < HELD; slot++)
        free(held[slot]);
    return NULL;
}

static void *drain(void *argument) {
    while (!atomic_load(&done)) {
        escrt_cache_drain(true);
        usleep(200);
    }
    return argument;
}

static void no_object_has_two_owners(void) {
    pthread_t threads[THREADS], drainer;
    struct sigaction action = {.sa_handler = count_signal, .sa_flags = SA_RESTART};
    struct itimerval often = {{0, 50}, {0, 50}}, never = {{0, 0}, {0, 0}};
    EscrtStats before, after;
    escrt_stats(&before, sizeof before);
    sigaction(SIGALRM, &action, NULL);
    pthread_create(&drainer, NULL, drain, NULL);
    setitimer(ITIMER_REAL, &often, NULL);
    for (uintptr_t i = 0; i < THREADS; i++)
        CHECK(pthread_create(&threads[i], NULL, allocate_and_free, (void *)(i + 1)) == 0);
    for (size_t i = 0; i < THREADS; i++)
        pthread_join(threads[i], NULL);
    setitimer(ITIMER_REAL, &never, NULL);
    atomic_store(&done, true);
    pthread_join(drainer, NULL);
    escrt_heap_check_all();
    escrt_stats(&after, sizeof after);
    CHECK(signals > 100);
    /* No allocation was counted twice or not at all; threads' own few stay with libc. */
    CHECK(after.allocs - before.allocs >= (uint64_t)THREADS * ROUNDS);
    CHECK(after.allocs - before.allocs < (uint64_t)THREADS * ROUNDS + 100);
}

/* ---- a handler that allocates -------------------------------------------------------------- */

enum { OF_HANDLER = 1000, SIZE = 64, FEW = 8 };

static uintptr_t *volatile of_main[FEW];
static atomic_ulong in_handler;

/* Allowed to nobody; but what it interrupts on the fast path is repeated, not damaged. */
static void allocate_in_handler(int number) {
    uintptr_t *p = malloc(SIZE);
    (void)number;
    for (size_t i = 0; i < FEW; i++)
        if (of_main[i] == p)
            _exit(3);
    p[0] = OF_HANDLER;
    free(p);
    atomic_fetch_add(&in_handler, 1);
}

static bool has_rseq(void) {
    const char *area = (const char *)__builtin_thread_pointer() + escrt_rseq_offset;
    return *(const int32_t *)(const void *)(area + sizeof(int32_t)) >= 0;
}

static void fill_bin(void) {
    void *objects[40];
    for (size_t i = 0; i < 40; i++)
        objects[i] = malloc(SIZE);
    for (size_t i = 0; i < 40; i++)
        free(objects[i]);
}

/* On one CPU, whose bin neither runs empty nor full: in a slow path a lock would be waited for by
 * the handler of its own holder. */
static void a_handler_that_allocates_damages_nothing_on_the_fast_path(void) {
    struct sigaction action = {.sa_handler = allocate_in_handler, .sa_flags = SA_RESTART};
    struct itimerval often = {{0, 50}, {0, 50}}, never = {{0, 0}, {0, 0}};
    if (!has_rseq())
        return;
    move_to(sched_getcpu());
    fill_bin();
    for (size_t i = 0; i < FEW; i++)
        of_main[i] = malloc(SIZE);
    for (size_t i = 0; i < FEW; i++)
        of_main[i][0] = i;
    sigaction(SIGALRM, &action, NULL);
    setitimer(ITIMER_REAL, &often, NULL);
    for (uint32_t i = 0; i < 2 * ROUNDS || in_handler < 20; i++) {
        size_t slot = i % FEW;
        uintptr_t *p = of_main[slot];
        if (p[0] != slot)
            CHECK(p[0] == slot);
        of_main[slot] = NULL;
        free(p);
        p = malloc(SIZE);
        of_main[slot] = p;
        p[0] = slot;
    }
    setitimer(ITIMER_REAL, &never, NULL);
    for (size_t i = 0; i < FEW; i++)
        free(of_main[i]);
    escrt_heap_check_all();
}

int main(void) {
    RUN(no_object_has_two_owners);
    RUN(a_handler_that_allocates_damages_nothing_on_the_fast_path);
    return check_report();
}
