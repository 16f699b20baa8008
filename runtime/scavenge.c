/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception */
/* scavenge.c - free memory goes back to the system, in the background and on request.
 *
 * A thread wakes every second. Pages that were free for all of the last second are surplus; half of
 * them go back, so that a program which needs them again after a pause finds some, and what is left
 * after twelve seconds is a few thousandths. Caches of CPUs that did nothing for a second are
 * emptied first, and free objects that fill whole pages inside spans follow. It ends when there is
 * little left to do, and is started again when there is.
 *
 * The thread is made by clone and not by pthread_create, which takes locks of libc under which libc
 * itself calls free (that of the stack cache), and allocates. It shares nothing of libc's: no
 * thread-local storage but a block of zeros, no signals, no system call but ours.
 *
 * Pace: at most ESCAPEMENT_SCAVENGE_RATE bytes a second and ESCAPEMENT_SCAVENGE_PERCENT of a core.
 *
 * LOCKS  scavenger.lock: one pass at a time. Taken before those of caches, central lists and heap.
 */
#include "scavenge.h"
#include "cache.h"
#include "central.h"
#include "config.h"
#include "heap.h"
#include "lock.h"
#include "sys.h"

#include <errno.h>
#include <sched.h>
#include <signal.h>

enum {
    TICK_MS = 1000,
    /* Fewer idle pages are not worth a thread: 8 MiB. */
    START_PAGES = 8 << 20 >> PAGE_SHIFT,
    /* With fewer than these, and after as many ticks with nothing to do, the thread ends: 1 MiB. */
    END_PAGES = 1 << 20 >> PAGE_SHIFT,
    END_TICKS = 5,
    /* Looking into every span in use costs microseconds each; so it is done this seldom. */
    SPAN_TICKS = 4,
    STACK_BYTES = 64 << 10,
    TLS_BYTES = 64 << 10,
    NS_PER_MS = 1000000,
};

static struct Scavenger {
    Lock lock;
    _Atomic bool running;
    _Atomic uint32_t alive;     /* the kernel clears it when the thread has left its stack */
    _Atomic uint64_t inline_ns; /* when free did the work itself, for want of a thread */
    char *stack;
} scavenger = {.lock = LOCK_INIT(RANK_SCAVENGER)};

/* ---- one pass ------------------------------------------------------------------------------ */

static size_t pages_of(size_t bytes) {
    return bytes >> PAGE_SHIFT;
}

/* Returns how many pages went back. */
static size_t pass(uint32_t tick) {
    lock_take(&scavenger.lock);
    escrt_cache_drain(false);
    size_t low = escrt_heap_idle_low();
    size_t most = pages_of(escrt_config.scavenge_rate / 1000 * TICK_MS);
    size_t want = low < END_PAGES ? low : low / 2;
    size_t done = want ? escrt_heap_release(min_size(want, most)) : 0;
    if (tick % SPAN_TICKS == SPAN_TICKS - 1)
        done += pages_of(escrt_central_release());
    lock_give(&scavenger.lock);
    return done;
}

size_t escrt_scavenge_now(size_t keep) {
    lock_take(&scavenger.lock);
    escrt_cache_drain(true);
    size_t idle = escrt_heap_idle_pages(), done = 0;
    if (idle > pages_of(keep))
        done = escrt_heap_release(idle - pages_of(keep)) << PAGE_SHIFT;
    done += escrt_central_release();
    lock_give(&scavenger.lock);
    return done;
}

/* ---- the thread ---------------------------------------------------------------------------- */

static int run(void *unused) {
    (void)unused;
    uint32_t quiet = 0;
    for (uint32_t tick = 0; quiet < END_TICKS; tick++) {
        uint64_t begin = escrt_sys_now_ns();
        size_t done = tick ? pass(tick) : 0;
        uint64_t work = escrt_sys_now_ns() - begin;
        uint64_t pause = work * 100 / max_size(escrt_config.scavenge_percent, 1);
        escrt_sys_sleep_ns(max_size(pause, (uint64_t)TICK_MS * NS_PER_MS));
        quiet = done == 0 && escrt_heap_idle_pages() < END_PAGES ? quiet + 1 : 0;
    }
    atomic_store(&scavenger.running, false);
    return 0;
}

/* All signals blocked: a handler of the program's must not run on this thread. */
static bool start_thread(void) {
#ifdef ESCRT_THREAD_SANITIZER
    return false; /* it would not know the thread */
#endif
    uint64_t all = ~0ull, old;
    if (!scavenger.stack)
        scavenger.stack = escrt_sys_map(STACK_BYTES + TLS_BYTES);
    if (!scavenger.stack)
        return false;
    uintptr_t *tls = (uintptr_t *)(void *)(scavenger.stack + STACK_BYTES + TLS_BYTES / 2);
    tls[0] = tls[2] = (uintptr_t)tls; /* x86-64: the thread pointer finds itself there */
    sys_call(SYS_rt_sigprocmask, SIG_SETMASK, (long)&all, (long)&old, sizeof all, 0, 0);
    atomic_store(&scavenger.alive, 1);
    int flags = CLONE_VM | CLONE_FS | CLONE_FILES | CLONE_SIGHAND | CLONE_THREAD | CLONE_SYSVSEM |
                CLONE_SETTLS | CLONE_CHILD_CLEARTID;
    int saved = errno;
    int thread =
        clone(run, scavenger.stack + STACK_BYTES, flags, NULL, NULL, tls, &scavenger.alive);
    errno = saved;
    sys_call(SYS_rt_sigprocmask, SIG_SETMASK, (long)&old, 0, sizeof old, 0, 0);
    if (thread < 0)
        atomic_store(&scavenger.alive, 0);
    return thread > 0;
}

/* Without a thread (a sandbox, a limit): free does it, once a second. */
static void do_inline(void) {
    uint64_t now = escrt_sys_now_ns(), last = atomic_load(&scavenger.inline_ns);
    if (now - last < (uint64_t)TICK_MS * NS_PER_MS ||
        !atomic_compare_exchange_strong(&scavenger.inline_ns, &last, now))
        return;
    pass(0);
}

COLD void escrt_scavenge_start(void) {
    bool running = false;
    if (escrt_config.scavenge_percent == 0 || atomic_load(&scavenger.alive) ||
        !atomic_compare_exchange_strong(&scavenger.running, &running, true))
        return;
    if (!start_thread()) {
        atomic_store(&scavenger.running, false);
        do_inline();
    }
}

void escrt_scavenge_notice(void) {
    if (unlikely(escrt_stress & STRESS_SCAVENGE))
        escrt_heap_release(SIZE_MAX);
    if (unlikely(escrt_heap_idle_pages() >= START_PAGES) && !scavenger.running)
        escrt_scavenge_start();
}

/* The child has no such thread; the memory of its stack is copied, and used again. */
void escrt_scavenge_fork(bool prepare, bool child) {
    escrt_lock_fork(&scavenger.lock, prepare, child);
    if (child) {
        atomic_store(&scavenger.running, false);
        atomic_store(&scavenger.alive, 0);
    }
}
