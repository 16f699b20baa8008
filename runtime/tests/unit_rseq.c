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

int main(void) {
    RUN(no_object_has_two_owners);
    return check_report();
}
