/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception */
/* threads.c - the objects of each thread's stack, and what ends many of them at once.
 *
 * A slot dies with its frame. Returns say so themselves; a longjmp does not. So each thread lists
 * its objects, the newest first, and after a longjmp those are dead whose cell lies below the stack
 * pointer of somebody who runs on the same stack.
 *
 * SOUNDNESS  "Below" means something on one stack only. An object is listed only if its cell is in
 * the thread's own stack, and the list is looked through only from there; on a signal stack or in a
 * coroutine nothing is concluded. It is looked through only after a longjmp, so that a program that
 * switches stacks by other means inside its own stack is left alone.
 *
 * NOT HERE  What dies one by one (verify.c).
 */
#include "state.h"
#include <errno.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <unistd.h>

/* Room for the report, its file names and the unwinder's tables. */
enum { SignalStackBytes = 128 * 1024 };

static _Thread_local Thread *self __attribute__((tls_model("initial-exec")));
static _Thread_local bool ended __attribute__((tls_model("initial-exec")));
static pthread_key_t key;

Thread *thread_if_any(void) {
    return self;
}

/* A program that handles stack overflow brings a stack of its own, which stays. */
static void *give_signal_stack(void) {
    stack_t now;
    if (sigaltstack(NULL, &now) != 0 || !(now.ss_flags & SS_DISABLE))
        return NULL;
    void *memory = mmap(NULL, SignalStackBytes, PROT_READ | PROT_WRITE,
                        MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
    if (memory == MAP_FAILED)
        return NULL;
    stack_t mine = {.ss_sp = memory, .ss_size = SignalStackBytes};
    if (sigaltstack(&mine, NULL) == 0)
        return memory;
    munmap(memory, SignalStackBytes);
    return NULL;
}

static void find_stack(Thread *t) {
    pthread_attr_t attributes;
    void *low;
    size_t bytes;
    if (pthread_getattr_np(pthread_self(), &attributes) != 0)
        return;
    if (pthread_attr_getstack(&attributes, &low, &bytes) == 0) {
        t->low = (uintptr_t)low;
        t->high = t->low + bytes;
    }
    pthread_attr_destroy(&attributes);
}

Thread *thread_self(void) {
    if (self || ended)
        return self;
    int error = errno;
    Thread *t = mmap(NULL, sizeof *t, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    if (t == MAP_FAILED) {
        errno = error;
        return NULL;
    }
    t->busy = true;
    self = t; /* from here on a free inside of the C library comes back to us as busy */
    t->id = (pid_t)syscall(SYS_gettid);
    find_stack(t);
    t->signal_stack = give_signal_stack();
    pthread_setspecific(key, t);
    t->busy = false;
    errno = error;
    return t;
}

static bool is_own(const Thread *t, uintptr_t address) {
    return address >= t->low && address < t->high;
}

void thread_add(Thread *t, Object *o) {
    if (!is_own(t, (uintptr_t)o->cell))
        return;
    o->thread = t;
    o->older = t->newest;
    if (t->newest)
        t->newest->newer = o;
    t->newest = o;
}

void thread_remove(Object *o) {
    if (!o->thread)
        return;
    if (o->older)
        o->older->newer = o->newer;
    if (o->newer)
        o->newer->older = o->older;
    else
        o->thread->newest = o->older;
    o->thread = NULL;
    o->newer = o->older = NULL;
}

void thread_jump(void) {
    if (self)
        self->jumped = true;
}

/* Frames that live are older than those that were left, but for frames that were made deeper than
 * the dead ones before anybody looked; those hide what is behind them until they return. */
void thread_sweep(Thread *t, uintptr_t stack) {
    const Object *newest = t->newest;
    if (!verify_settings.jumps || !newest || (uintptr_t)newest->cell >= stack || !is_own(t, stack))
        return;
    Trace where;
    sigset_t before;
    trace_take(&where, t, __builtin_frame_address(0));
    verify_lock(&before);
    while (t->newest && (uintptr_t)t->newest->cell < stack)
        verify_end(t->newest, DEATH_LONGJMP, &where);
    t->jumped = t->newest != NULL;
    verify_unlock(&before);
}

static void end_thread(void *argument) {
    Thread *t = argument;
    Trace nowhere = {0};
    sigset_t before;
    verify_lock(&before);
    while (t->newest)
        verify_end(t->newest, DEATH_THREAD, &nowhere);
    verify_unlock(&before);
    ended = true;
    self = NULL;
    if (t->signal_stack) {
        stack_t none = {.ss_flags = SS_DISABLE};
        sigaltstack(&none, NULL);
        munmap(t->signal_stack, SignalStackBytes);
    }
    munmap(t, sizeof *t);
}

static sigset_t at_fork;
static void before_fork(void) {
    sigset_t before;
    verify_lock(&before);
    at_fork = before;
}
static void after_fork(void) {
    sigset_t before = at_fork;
    verify_unlock(&before);
}
static void in_child(void) {
    sigset_t before = at_fork;
    if (self)
        self->id = (pid_t)syscall(SYS_gettid);
    verify_lock_reset();
    pthread_sigmask(SIG_SETMASK, &before, NULL);
}

void threads_start(void) {
    pthread_key_create(&key, end_thread);
    pthread_atfork(before_fork, after_fork, in_child);
}
