/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception */
/* init.c - the first call, the fork, the end.
 *
 * The first call of malloc comes long before our constructor, from the dynamic linker or from the
 * constructors of libraries ours depends on: everything is made at that first call. The constructor
 * registers what needs libc to be ready: the handlers of fork and exit.
 *
 * Where another malloc comes first in the search order (another copy of this library, in a program
 * that is linked with it and has it preloaded too) nobody calls us, and nothing is made: no heap,
 * no handler, no report. Whoever comes all the same, by the names that the other one lacks, is
 * served: all is made then.
 *
 * LOCKS  fork takes every lock, in order, so that the child finds each heap at rest, and the child
 * makes them free again. Caches of CPUs have none and need none: a change is one store.
 */
#include "allocate.h"
#include "cache.h"
#include "central.h"
#include "config.h"
#include "debug.h"
#include "heap.h"
#include "heapprofile.h"
#include "lock.h"
#include "report.h"
#include "scavenge.h"

#include <dlfcn.h>
#include <link.h>
#include <pthread.h>
#include <stdint.h>
#include <stdlib.h>

static Lock init_lock = LOCK_INIT(RANK_START);
static _Atomic enum { NOT_READY, READY, FAILED } state;
static bool yields, started;

__attribute__((used)) static const char *const linked = &escrt_entries_are_linked;

bool escrt_is_ready(void) {
    return atomic_load_explicit(&state, memory_order_acquire) == READY;
}

static void start(void);

COLD static bool init(void) {
    lock_take(&init_lock);
    if (state == NOT_READY) {
        escrt_classes_init();
        bool made = escrt_heap_init() && escrt_cache_init();
        if (made)
            escrt_config_read();
        atomic_store_explicit(&state, made ? READY : FAILED, memory_order_release);
        if (made && yields)
            start();
    }
    lock_give(&init_lock);
    return state == READY;
}

bool escrt_init(void) {
    return likely(escrt_is_ready()) || init();
}

static void fork_all(bool prepare, bool child) {
    escrt_scavenge_fork(prepare, child);
    escrt_heapprofile_fork(prepare, child);
    escrt_debug_fork(prepare, child);
    escrt_cache_fork(prepare, child);
    escrt_central_fork(prepare, child);
    escrt_heap_fork(prepare, child);
}

static void before_fork(void) {
    fork_all(true, false);
}
static void after_fork_in_parent(void) {
    fork_all(false, false);
}
static void after_fork_in_child(void) {
    fork_all(false, true);
}

static void start(void) {
    started = true;
    pthread_atfork(before_fork, after_fork_in_parent, after_fork_in_child);
    escrt_report_start();
    escrt_heapprofile_start();
}

/* Does malloc, as the dynamic linker has bound the name, lead here? Its address says so, without an
 * allocation that somebody would count, but where it is that of the program's own jump to it: then
 * what it returns does. */
static bool serves_the_program(void) {
    void *first = dlsym(RTLD_DEFAULT, "malloc");
    Dl_info where;
    ElfW(Sym) *symbol = NULL;
    if ((uintptr_t)first == (uintptr_t)escrt_own_malloc)
        return true;
    if (first && dladdr1(first, &where, (void **)&symbol, RTLD_DL_SYMENT) && symbol &&
        symbol->st_shndx != SHN_UNDEF)
        return false;
    void *p = malloc(1);
    bool ours = !p || span_of(p);
    free(p);
    return ours;
}

__attribute__((constructor)) static void start_or_yield(void) {
    yields = !serves_the_program();
    if (!yields && escrt_init())
        start();
}

__attribute__((destructor)) static void at_exit(void) {
    if (!started)
        return;
    escrt_debug_check();
    escrt_heapprofile_exit();
    escrt_report_exit();
}
