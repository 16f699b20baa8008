/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception */
/* helgrind_locks.h - reports the runtime's own locks to helgrind (test_helgrind includes it first).
 *
 * helgrind knows the locks of pthreads; ours are a word and a futex. It is told here, so that the
 * library itself need not know of valgrind. It then also watches the order in which they are taken.
 *
 * NOT HERE  lock.c is compiled without this header: it defines what is wrapped here.
 */
#ifndef HELGRIND_LOCKS_H
#define HELGRIND_LOCKS_H

#include <valgrind/helgrind.h>

#define lock_take unreported_take
#define lock_try unreported_try
#define lock_give unreported_give
#include "../lock.h"
#undef lock_take
#undef lock_try
#undef lock_give

static inline void lock_take(Lock *lock) {
    unreported_take(lock);
    ANNOTATE_RWLOCK_ACQUIRED(lock, 1);
}

static inline bool lock_try(Lock *lock) {
    if (!unreported_try(lock))
        return false;
    ANNOTATE_RWLOCK_ACQUIRED(lock, 1);
    return true;
}

static inline void lock_give(Lock *lock) {
    ANNOTATE_RWLOCK_RELEASED(lock, 1);
    unreported_give(lock);
}

static inline bool reported_patiently(Lock *lock) {
    if (!escrt_lock_patiently(lock))
        return false;
    ANNOTATE_RWLOCK_ACQUIRED(lock, 1);
    return true;
}
#define escrt_lock_patiently(lock) reported_patiently(lock)

static inline void reported_let_go(Lock *lock) {
    ANNOTATE_RWLOCK_RELEASED(lock, 1);
    escrt_lock_let_go(lock);
}
#define escrt_lock_let_go(lock) reported_let_go(lock)

#endif
