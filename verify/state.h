/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception */
/* state.h - what the parts of the verify runtime share.
 *
 *     verify.c     the interface: where an object goes, when it dies
 *     arena.c      guarded memory: addresses, pages, what lies at an address
 *     threads.c    the objects of each thread's stack; longjmp, fork, the end of a thread
 *     signals.c    SIGSEGV: ours, or the program's
 *     interpose.c  free, realloc, longjmp, sigaction of the program
 *     trace.c      stack traces;  symbols.c  names for them;  report.c  the one report
 *
 * LOCKS  One lock, verify_lock(), with all signals blocked: it protects the arena, the objects and
 * the lists of all threads. Nothing that may fault or call the program is done under it.
 *
 * INVARIANTS (verify_check() tests them)
 *   1. The pages of an object and the guard page behind them name it in Arena.owner.
 *   2. Exactly the pages of living objects can be accessed.
 *   3. An object is in a list only if it lives, and its cell is in its thread's stack.
 */
#ifndef ESCAPEMENT_VERIFY_STATE_H
#define ESCAPEMENT_VERIFY_STATE_H

#include "escapement/verify.h"
#include <pthread.h>
#include <signal.h>
#include <stdbool.h>
#include <sys/types.h>

/* Deep enough to reach out of a library into the program's own functions. */
enum { TraceFrames = 16 };

typedef struct Trace {
    uint32_t depth;
    uintptr_t pc[TraceFrames];
} Trace;

typedef enum Death {
    DEATH_NONE,
#define VERIFY_DEATH(name, text) DEATH_##name,
#include "deaths.def"
#undef VERIFY_DEATH
} Death;

typedef enum Complaint {
#define VERIFY_COMPLAINT(name, text) COMPLAIN_##name,
#include "complaints.def"
#undef VERIFY_COMPLAINT
} Complaint;

typedef enum Life { LIFE_NONE, LIFE_LIVE, LIFE_DEAD } Life;

struct Thread;

/* A guarded object, living or in quarantine. */
typedef struct Object {
    Life life;
    Death how;         /* LIFE_DEAD */
    uint32_t pages;    /* from the first; the guard page behind them is not counted */
    uintptr_t first;   /* address of the first page */
    uintptr_t address; /* of the object: its end is at most its alignment away from the guard */
    size_t bytes;      /* as asked for */
    void **cell;       /* in the frame that holds its slot; not read */
    EscVerifySite *site;
    uint32_t instance;        /* of the site, from 1 */
    pid_t taken_by, ended_by; /* threads */
    Trace taken, ended;
    struct Thread *thread; /* in whose list it is; NULL: in none */
    struct Object *newer, *older;
} Object;

typedef struct Thread {
    Object *newest;      /* of the objects in its own stack */
    uintptr_t low, high; /* its own stack */
    bool jumped;         /* a longjmp since the list was last looked through */
    bool busy;           /* inside of us: what we call may not come back */
    void *signal_stack;  /* ours; NULL: the program has its own */
    pid_t id;
} Thread;

typedef struct Settings {
#define VERIFY_SETTING(name, value, low, high) unsigned long name;
#include "config.def"
#undef VERIFY_SETTING
    char only[256]; /* site=FILE:LINE; empty: all */
    char log[256];  /* log=FILE; empty: standard error */
} Settings;

/* ---- config.c: read once, from ESCAPEMENT_VERIFY=name=value:name=value... */
extern Settings verify_settings;
void verify_config_read(void);

/* ---- verify.c */
void verify_start(void);
void verify_lock(sigset_t *before);
void verify_unlock(const sigset_t *before);
void verify_lock_reset(void); /* in the child of a fork */
extern EscVerifyCounts verify_numbers;

/* ---- arena.c: all but arena_has and arena_object under the lock */
bool arena_start(unsigned long megabytes, unsigned long live_limit);
bool arena_has(const void *p); /* cheap, false before arena_start */
/* The object whose pages or guard page hold p; NULL: none (any more). */
Object *arena_object(const void *p);
/* NULL when a limit is reached. Its page is accessible; life, first, pages, address, bytes are set.
 */
Object *arena_make(size_t bytes, size_t align);
/* Nobody can access it any more. */
void arena_end(Object *o);
void arena_fill(const Object *o);    /* not under the lock: the bytes of a new object */
bool arena_overrun(const Object *o); /* bytes between its end and the guard were written */
bool verify_check(void);

/* ---- threads.c */
Thread *thread_self(void); /* makes it the first time; NULL: cannot be had */
Thread *thread_if_any(void);
void thread_add(Thread *t, Object *o); /* under the lock */
void thread_remove(Object *o);         /* under the lock */
void thread_jump(void);                /* a longjmp begins */
void threads_start(void);
/* Ends what a longjmp has left; `stack` is the stack pointer of somebody who lives. */
void thread_sweep(Thread *t, uintptr_t stack);

/* ---- verify.c again: under the lock */
void verify_end(Object *o, Death how, const Trace *where);

/* ---- signals.c */
void signals_start(void);

/* ---- interpose.c: the next definition of a function of the C library */
void *next_symbol(const char *name);

/* ---- trace.c */
/* By frame pointers, inside [t->low, t->high) or not at all. */
void trace_take(Trace *trace, const Thread *t, const void *frame);
/* By the unwinder, from here; for the report. `from`: leave out what is above this address in code,
 * 0: nothing. */
void trace_unwind(Trace *trace, uintptr_t from);

/* ---- symbols.c */
typedef struct Symbol {
    char name[128];   /* "" when not known */
    char module[256]; /* file of the code */
    uintptr_t offset; /* in the module, as addr2line takes it */
} Symbol;
void symbol_find(uintptr_t pc, Symbol *out);

/* ---- report.c: prints the one report of the process; the second caller never returns */
void report_complaint(Complaint what, const Object *o, const void *touched, const char *access,
                      const Trace *where);
void report_too_large(const EscVerifySite *site, size_t bytes, const Trace *where);
void report_foreign(const void *p, const Trace *where);
void report_line(const char *format, ...) __attribute__((format(printf, 1, 2)));
/* After the report: die as the program would have. */
_Noreturn void report_die(void);

#endif
