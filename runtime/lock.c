/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception */
/* lock.c - waiting for a lock, and the check of the order.
 *
 * INVARIANT  A lock whose word is 1 has no waiter asleep. A waiter sets 2 before it sleeps, so the
 * holder that finds 2 wakes one, which takes the lock with 2 again: it cannot know about others.
 */
#include "lock.h"
#include "error.h"
#include "sys.h"

#include <linux/futex.h>

/* Critical sections are below a microsecond; when the holder runs, that is as many pauses. */
enum { SPINS = 100, PATIENCE = 10 * SPINS };

static void pause_briefly(void) {
#if defined __x86_64__
    __builtin_ia32_pause();
#else
    __asm__ volatile("yield");
#endif
}

COLD void escrt_lock_wait(Lock *lock) {
    for (int i = 0; i < SPINS; i++) {
        uint32_t word = atomic_load_explicit(&lock->word, memory_order_relaxed);
        if (word == 2)
            break;
        if (word == 0 && atomic_compare_exchange_weak_explicit(
                             &lock->word, &word, 1, memory_order_acquire, memory_order_relaxed))
            return;
        pause_briefly();
    }
    while (atomic_exchange_explicit(&lock->word, 2, memory_order_acquire) != 0)
        sys_call(SYS_futex, (long)&lock->word, FUTEX_WAIT_PRIVATE, 2, 0, 0, 0);
}

COLD void escrt_lock_wake(Lock *lock) {
    sys_call(SYS_futex, (long)&lock->word, FUTEX_WAKE_PRIVATE, 1, 0, 0, 0);
}

bool escrt_lock_patiently(Lock *lock) {
    for (int i = 0; i < PATIENCE; i++) {
        uint32_t free_word = 0;
        if (atomic_compare_exchange_weak_explicit(&lock->word, &free_word, 1, memory_order_acquire,
                                                  memory_order_relaxed))
            return true;
        pause_briefly();
        if (i % SPINS == SPINS - 1)
            sys_call(SYS_sched_yield, 0, 0, 0, 0, 0, 0);
    }
    return false;
}

void escrt_lock_let_go(Lock *lock) {
    if (atomic_exchange_explicit(&lock->word, 0, memory_order_release) == 2)
        escrt_lock_wake(lock);
}

void escrt_lock_fork(Lock *lock, bool prepare, bool child) {
    if (prepare)
        lock_take(lock);
    else if (child)
        lock_reset(lock);
    else
        lock_give(lock);
}

#if ESCRT_CHECK_LEVEL >= 2
/* How often this thread holds each rank. All central lists have one rank, and only fork, in order
 * of class, may hold several. */
static _Thread_local uint16_t held[RANK_META + 1] __attribute__((tls_model("initial-exec")));

void escrt_lock_order_take(const Lock *lock) {
    for (uint32_t rank = lock->rank + 1; rank <= RANK_META; rank++)
        if (held[rank])
            escrt_die("lock order: a lock of rank %u taken while one of rank %u is held",
                      lock->rank, rank);
    held[lock->rank]++;
}

void escrt_lock_order_give(const Lock *lock) {
    if (held[lock->rank])
        held[lock->rank]--;
}
#endif
