/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception */
/* lock.h - the runtime's own lock, and the order in which locks may be taken.
 *
 * A pthread mutex would do but for two things: libc takes it without atomics while it believes that
 * there is one thread (it does not know the scavenger), and a child of fork must be able to reset
 * it.
 *
 * LOCKS  A thread may take a lock only if its rank is above every rank it holds; debug builds
 * check.
 */
#ifndef ESCRT_LOCK_H
#define ESCRT_LOCK_H

#include "rt.h"

/* In the order in which they may be taken. */
typedef enum LockRank {
    RANK_START = 1,  /* init.c: the first call */
    RANK_SCAVENGER,  /* scavenge.c: one pass at a time */
    RANK_PROFILE,    /* for profile.c */
    RANK_QUARANTINE, /* debug.c */
    RANK_CACHE,      /* cache.c: making, stopping and draining caches */
    RANK_SLAB,       /* cache.c: one cache, where there is no rseq */
    RANK_CENTRAL,    /* central.c: one size class; fork takes all, lowest class first */
    RANK_HEAP,       /* heap.c */
    RANK_META,       /* meta.c */
} LockRank;

typedef struct Lock {
    _Atomic uint32_t word; /* 0 free, 1 held, 2 held and somebody may be waiting */
    uint32_t rank;
} Lock;

#define LOCK_INIT(rank)                                                                            \
    { 0, rank }

void escrt_lock_wait(Lock *lock);
void escrt_lock_wake(Lock *lock);

#if ESCRT_CHECK_LEVEL >= 2
void escrt_lock_order_take(const Lock *lock);
void escrt_lock_order_give(const Lock *lock);
#else
static inline void escrt_lock_order_take(const Lock *lock) {
    (void)lock;
}
static inline void escrt_lock_order_give(const Lock *lock) {
    (void)lock;
}
#endif

static inline void lock_take(Lock *lock) {
    uint32_t free_word = 0;
    escrt_lock_order_take(lock);
    if (unlikely(!atomic_compare_exchange_strong_explicit(
            &lock->word, &free_word, 1, memory_order_acquire, memory_order_relaxed)))
        escrt_lock_wait(lock);
}

/* True when taken. */
static inline bool lock_try(Lock *lock) {
    uint32_t free_word = 0;
    if (!atomic_compare_exchange_strong_explicit(&lock->word, &free_word, 1, memory_order_acquire,
                                                 memory_order_relaxed))
        return false;
    escrt_lock_order_take(lock);
    return true;
}

static inline void lock_give(Lock *lock) {
    escrt_lock_order_give(lock);
    if (unlikely(atomic_exchange_explicit(&lock->word, 0, memory_order_release) == 2))
        escrt_lock_wake(lock);
}

/* For statistics, which a signal handler may ask for while its own thread holds the lock: gives up
 * after a while, far longer than anybody else holds one. Outside the order, as nothing is taken
 * meanwhile. */
bool escrt_lock_patiently(Lock *lock);
void escrt_lock_let_go(Lock *lock);

/* In the child of a fork: nobody else is there to give it back. */
static inline void lock_reset(Lock *lock) {
    escrt_lock_order_give(lock);
    atomic_store_explicit(&lock->word, 0, memory_order_release);
}

/* What a fork does with a lock: takes it before, and afterwards each side has it free again. */
void escrt_lock_fork(Lock *lock, bool prepare, bool child);

#endif
