/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception */
/* signals.c - SIGSEGV: a fault in guarded memory is reported, any other is the program's.
 *
 * Our handler stays installed. What the program installs with sigaction or signal is kept here and
 * called for its own faults, with the mask and flags it asked for.
 *
 * INVARIANT  A fault that is not ours ends as it would without us.
 *
 * NOT HERE  Alternate stacks (threads.c).
 */
#include "state.h"
#include <errno.h>
#include <string.h>
#include <ucontext.h>
#include <unistd.h>

typedef int SigactionFunction(int, const struct sigaction *, struct sigaction *);

static struct sigaction theirs = {.sa_handler = SIG_DFL};
static SigactionFunction *real_sigaction;

static uintptr_t code_at_fault(const ucontext_t *context) {
#if defined(__x86_64__)
    return (uintptr_t)context->uc_mcontext.gregs[REG_RIP];
#elif defined(__aarch64__)
    return (uintptr_t)context->uc_mcontext.pc;
#else
    (void)context;
    return 0;
#endif
}

/* "read", "written", "used" when the processor does not tell. */
static const char *access_of(const ucontext_t *context) {
#if defined(__x86_64__)
    return context->uc_mcontext.gregs[REG_ERR] & 2 ? "written" : "read";
#else
    (void)context;
    return "used";
#endif
}

static void report_fault(const siginfo_t *info, const ucontext_t *context) {
    const Object *o = arena_object(info->si_addr);
    Trace where;
    trace_unwind(&where, code_at_fault(context));
    /* What strlen reads in front of an object, and a little behind it, is of the object. */
    uintptr_t end = o ? (o->address + o->bytes + 64) : 0;
    bool outside = !o || o->life != LIFE_DEAD || (uintptr_t)info->si_addr < o->first ||
                   (uintptr_t)info->si_addr >= end;
    report_complaint(outside ? COMPLAIN_OUTSIDE : COMPLAIN_DEAD, o, info->si_addr,
                     access_of(context), &where);
}

static void die_of_default(int number) {
    struct sigaction plain = {.sa_handler = SIG_DFL};
    real_sigaction(number, &plain, NULL);
    /* A fault comes again when the handler returns; a signal that was sent does not. */
    raise(number);
}

static void call_theirs(int number, siginfo_t *info, void *context) {
    struct sigaction action = theirs;
    if (action.sa_flags & (int)SA_RESETHAND)
        theirs.sa_handler = SIG_DFL;
    sigset_t before, mask = action.sa_mask;
    pthread_sigmask(SIG_BLOCK, &mask, &before);
    if (action.sa_flags & SA_NODEFER) {
        sigset_t own;
        sigemptyset(&own);
        sigaddset(&own, number);
        pthread_sigmask(SIG_UNBLOCK, &own, NULL);
    }
    if (action.sa_flags & SA_SIGINFO)
        action.sa_sigaction(number, info, context);
    else
        action.sa_handler(number);
    pthread_sigmask(SIG_SETMASK, &before, NULL);
}

static void on_fault(int number, siginfo_t *info, void *context) {
    int error = errno;
    bool is_fault = info->si_code > 0;
    if (is_fault && arena_has(info->si_addr)) {
        report_fault(info, context);
        die_of_default(number);
    } else if (theirs.sa_handler == SIG_DFL || (theirs.sa_handler == SIG_IGN && is_fault)) {
        die_of_default(number);
    } else if (theirs.sa_handler != SIG_IGN) {
        call_theirs(number, info, context);
    }
    errno = error;
}

static void find_real(void) {
    if (!real_sigaction) {
        void *symbol = next_symbol("sigaction");
        memcpy(&real_sigaction, &symbol, sizeof symbol);
    }
}

void signals_start(void) {
    struct sigaction ours = {.sa_sigaction = on_fault, .sa_flags = SA_SIGINFO | SA_ONSTACK};
    sigemptyset(&ours.sa_mask);
    find_real();
    if (real_sigaction)
        real_sigaction(SIGSEGV, &ours, &theirs);
}

/* ---- the program's calls */

ESC_VERIFY_API int sigaction(int number, const struct sigaction *action, struct sigaction *old) {
    find_real();
    if (number != SIGSEGV)
        return real_sigaction ? real_sigaction(number, action, old) : (errno = ENOSYS, -1);
    if (old)
        *old = theirs;
    if (action)
        theirs = *action;
    return 0;
}

/* BSD's meaning, which is glibc's default. */
static __sighandler_t set_handler(int number, __sighandler_t handler, int flags) {
    struct sigaction action = {.sa_handler = handler, .sa_flags = flags}, old;
    sigemptyset(&action.sa_mask);
    return sigaction(number, &action, &old) == 0 ? old.sa_handler : SIG_ERR;
}

ESC_VERIFY_API __sighandler_t signal(int number, __sighandler_t handler) {
    if (number == SIGSEGV)
        return set_handler(number, handler, SA_RESTART);
    __sighandler_t (*real)(int, __sighandler_t);
    void *symbol = next_symbol("signal");
    memcpy(&real, &symbol, sizeof symbol);
    return real ? real(number, handler) : set_handler(number, handler, SA_RESTART);
}

/* What signal() is under -std=c11. */
ESC_VERIFY_API __sighandler_t __sysv_signal(int number, __sighandler_t handler) {
    return set_handler(number, handler, (int)SA_RESETHAND | SA_NODEFER);
}
