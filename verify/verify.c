/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception */
/* verify.c - the interface: where an object goes, and when it dies.
 *
 * An allocation asks for guarded memory when its site and instance are chosen; else, or when there
 * is none, it gets the slot of its frame, as without verify mode. A cell holds the address either
 * way, so the code around it is the same.
 *
 * INVARIANT  Memory of the program is read and written outside of the lock only.
 *
 * NOT HERE  Pages (arena.c), threads and longjmp (threads.c).
 */
#include "state.h"
#include <errno.h>
#include <sched.h>
#include <stdlib.h>
#include <string.h>

EscVerifyCounts verify_numbers;

/* ---- the lock, with signals blocked: a handler may allocate too */

static int locked;

/* Faults are not blocked: a blocked fault kills without a word. */
static void block_signals(sigset_t *before) {
    sigset_t all;
    sigfillset(&all);
    sigdelset(&all, SIGSEGV);
    sigdelset(&all, SIGBUS);
    sigdelset(&all, SIGFPE);
    sigdelset(&all, SIGILL);
    sigdelset(&all, SIGABRT);
    sigdelset(&all, SIGTRAP);
    pthread_sigmask(SIG_BLOCK, &all, before);
}

void verify_lock(sigset_t *before) {
    block_signals(before);
    while (__atomic_exchange_n(&locked, 1, __ATOMIC_ACQUIRE))
        sched_yield();
}

void verify_unlock(const sigset_t *before) {
    __atomic_store_n(&locked, 0, __ATOMIC_RELEASE);
    pthread_sigmask(SIG_SETMASK, before, NULL);
}

void verify_lock_reset(void) {
    __atomic_store_n(&locked, 0, __ATOMIC_RELEASE);
}

/* ---- start and end */

static int started;

static void print_counts(void) {
    const EscVerifyCounts *n = &verify_numbers;
    if (verify_settings.stats || n->unguarded)
        report_line("escapement: verify: %llu objects, %llu guarded, %llu of them not for want of "
                    "mappings or addresses\n",
                    (unsigned long long)n->taken, (unsigned long long)n->guarded,
                    (unsigned long long)n->unguarded);
}

/* Also called by the first object, for constructors may run before ours. */
__attribute__((constructor)) void verify_start(void) {
    if (__atomic_exchange_n(&started, 1, __ATOMIC_ACQ_REL))
        return;
    int error = errno;
    verify_config_read();
    threads_start();
    signals_start();
    arena_start(verify_settings.quarantine, verify_settings.live);
    thread_self(); /* the main thread's, while nothing is held */
    errno = error;
}

__attribute__((destructor)) static void verify_stop(void) {
    print_counts();
}

/* ---- which objects are guarded */

enum { CHOSEN_YES = 1, CHOSEN_NO = 2 };

static uint64_t hash_site(const EscVerifySite *site) {
    uint64_t hash = 0xcbf29ce484222325 ^ verify_settings.seed;
    for (const char *p = site->file; *p; p++)
        hash = (hash ^ (unsigned char)*p) * 0x100000001b3;
    return ((hash ^ site->line) * 0x100000001b3 ^ site->column) * 0x100000001b3;
}

static bool is_named(const EscVerifySite *site) {
    const char *only = verify_settings.only, *colon = strrchr(only, ':');
    if (!*only)
        return true;
    size_t length = colon ? (size_t)(colon - only) : strlen(only), whole = strlen(site->file);
    return length <= whole && strncmp(site->file + whole - length, only, length) == 0 &&
           (!colon || strtoul(colon + 1, NULL, 10) == site->line);
}

static bool site_is_chosen(EscVerifySite *site) {
    uint32_t chosen = __atomic_load_n(&site->chosen, __ATOMIC_RELAXED);
    if (!chosen) {
        bool yes = is_named(site) && (hash_site(site) >> 17) % verify_settings.sites == 0;
        chosen = yes ? CHOSEN_YES : CHOSEN_NO;
        __atomic_store_n(&site->chosen, chosen, __ATOMIC_RELAXED);
    }
    return chosen == CHOSEN_YES;
}

/* Counts of two threads at once may be lost; they only choose. */
static bool is_chosen(EscVerifySite *site) {
    uint32_t n = __atomic_load_n(&site->instances, __ATOMIC_RELAXED);
    __atomic_store_n(&site->instances, n + 1, __ATOMIC_RELAXED);
    verify_numbers.taken++;
    return n % (uint32_t)verify_settings.sample == 0 && site_is_chosen(site);
}

/* ---- a life */

void verify_end(Object *o, Death how, const Trace *where) {
    thread_remove(o);
    o->how = how;
    o->ended = *where;
    const Thread *t = thread_if_any();
    o->ended_by = t ? t->id : 0;
    if (arena_overrun(o))
        report_complaint(COMPLAIN_OVERRUN, o, NULL, "", where);
    arena_end(o);
}

/* What a longjmp left dies before anything else happens. */
static Thread *enter(void *frame) {
    Thread *t = thread_if_any();
    if (t && t->jumped)
        thread_sweep(t, (uintptr_t)frame);
    return t;
}

static Object *make(void **cell, size_t bytes, size_t align, EscVerifySite *site, void *frame) {
    if (!__atomic_load_n(&started, __ATOMIC_ACQUIRE))
        verify_start();
    Thread *t = thread_self();
    if (!t || t->busy)
        return NULL;
    Trace where;
    sigset_t before;
    trace_take(&where, t, frame);
    verify_lock(&before);
    Object *o = arena_make(bytes, align);
    if (o) {
        o->cell = cell;
        o->site = site;
        o->instance = site->instances;
        o->taken_by = t->id;
        o->taken = where;
        thread_add(t, o);
        verify_numbers.guarded++;
    } else {
        verify_numbers.unguarded++;
    }
    verify_unlock(&before);
    if (o)
        arena_fill(o);
    return o;
}

/* Ends the object at p if one lives there. */
static void end_at(const void *p, Death how, void *frame) {
    if (!arena_has(p))
        return;
    Trace where;
    sigset_t before;
    trace_take(&where, thread_if_any(), frame);
    verify_lock(&before);
    Object *o = arena_object(p);
    if (o && o->life == LIFE_LIVE)
        verify_end(o, how, &where);
    verify_unlock(&before);
}

/* As many of `keep` bytes as the object has. */
static size_t clip(const void *object, size_t keep) {
    const Object *o = arena_object(object);
    return o && o->bytes < keep ? o->bytes : keep;
}

static void *take(void **cell, void *slot, size_t bytes, size_t align, EscVerifySite *site,
                  const void *source, size_t keep, void *frame) {
    int error = errno;
    enter(frame);
    if (bytes > site->slot_bytes) {
        Trace where;
        trace_take(&where, thread_self(), frame);
        report_too_large(site, bytes, &where);
    }
    Object *o = is_chosen(site) ? make(cell, bytes, align, site, frame) : NULL;
    void *to = o ? (void *)o->address : slot;
    if (source)
        memmove(to, source, keep);
    end_at(*cell, DEATH_NEXT, frame);
    *cell = to;
    errno = error;
    return to;
}

void *esc_verify_take(void **cell, void *slot, size_t bytes, size_t align, EscVerifySite *site) {
    return take(cell, slot, bytes, align, site, NULL, 0, __builtin_frame_address(0));
}

void *esc_verify_take_copy(void **cell, void *slot, size_t bytes, size_t align, EscVerifySite *site,
                           const void *source, size_t keep) {
    return take(cell, slot, bytes, align, site, source, keep, __builtin_frame_address(0));
}

void *esc_verify_resize(void **cell, void *slot, size_t bytes, size_t align, EscVerifySite *site,
                        void *old, size_t keep) {
    void *frame = __builtin_frame_address(0);
    void *held = *cell;
    *cell = cell; /* so that what dies by the realloc is not said to die by the next object */
    void *to = take(cell, slot, bytes, align, site, old, clip(old, keep), frame);
    end_at(old, DEATH_REALLOC, frame);
    end_at(held, DEATH_NEXT, frame);
    return to;
}

void esc_verify_copy_out(void *to, void *old, size_t keep) {
    enter(__builtin_frame_address(0));
    memcpy(to, old, clip(old, keep));
    end_at(old, DEATH_REALLOC, __builtin_frame_address(0));
}

/* A moved object is freed: the first time it dies, the second time is an error. */
static void free_at(void *p, void *frame) {
    const Object *o = arena_object(p);
    if (o && o->life == LIFE_LIVE) {
        end_at(p, DEATH_FREE, frame);
        return;
    }
    if (!arena_has(p))
        return;
    Trace where;
    trace_take(&where, thread_self(), frame);
    report_complaint(COMPLAIN_FREED_DEAD, o, p, "freed", &where);
    report_die();
}

void esc_verify_free(void *p) {
    enter(__builtin_frame_address(0));
    free_at(p, __builtin_frame_address(0));
}

void esc_verify_removed_free(void *p, int known) {
    enter(__builtin_frame_address(0));
    if (!p)
        return;
    if (arena_has(p)) {
        free_at(p, __builtin_frame_address(0));
        return;
    }
    if (known)
        return;
    Trace where;
    trace_take(&where, thread_self(), __builtin_frame_address(0));
    report_foreign(p, &where);
    report_die();
}

void esc_verify_leave(void **cell) {
    enter(__builtin_frame_address(0));
    if (!arena_has(*cell))
        return;
    int error = errno;
    end_at(*cell, DEATH_RETURN, __builtin_frame_address(0));
    *cell = cell;
    errno = error;
}

void esc_verify_landed(void) {
    int error = errno;
    enter(__builtin_frame_address(0));
    errno = error;
}

EscVerifyCounts esc_verify_counts(void) {
    return verify_numbers;
}
