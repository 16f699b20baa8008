/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception */
/* report.c - the one report of a process.
 *
 *     escapement: verify: a moved object was used after its life: byte 0 of 64 was read
 *       site: list.c:12:17: malloc(64) in sum
 *       verdict: moved to stack: malloc(64)
 *         slot of 64 bytes
 *         free removed at list.c:20:5
 *       taken: instance 1, thread 4711
 *         #0 sum (prog+0x11d4)
 *       ended: its function returned, thread 4711
 *         #0 sum (prog+0x1210)
 *       touched: thread 4711
 *         #0 main (prog+0x1250)
 *
 * Made in a fixed buffer and written with write(2): the heap may be what is broken.
 *
 * INVARIANT  One report. The second thread that finds something waits for the end of the process.
 */
#include "state.h"
#include <fcntl.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/syscall.h>
#include <unistd.h>

static char text[24 * 1024];
static size_t length;
static int reporting;

static const char *const deaths[] = {
    "it lives",
#define VERIFY_DEATH(name, words) words,
#include "deaths.def"
#undef VERIFY_DEATH
};
static const char *const complaints[] = {
#define VERIFY_COMPLAINT(name, words) words,
#include "complaints.def"
#undef VERIFY_COMPLAINT
};

static void write_out(const char *bytes, size_t n) {
    int file = 2;
    if (verify_settings.log[0])
        file = open(verify_settings.log, O_WRONLY | O_APPEND | O_CREAT | O_CLOEXEC, 0666);
    for (ssize_t done; n > 0 && (done = write(file, bytes, n)) > 0; n -= (size_t)done)
        bytes += done;
    if (verify_settings.log[0] && file >= 0)
        close(file);
}

void report_line(const char *format, ...) {
    char line[512];
    va_list arguments;
    va_start(arguments, format);
    int n = vsnprintf(line, sizeof line, format, arguments);
    va_end(arguments);
    if (n > 0)
        write_out(line, (size_t)n < sizeof line ? (size_t)n : sizeof line - 1);
}

__attribute__((format(printf, 1, 2))) static void say(const char *format, ...) {
    va_list arguments;
    va_start(arguments, format);
    int n = vsnprintf(text + length, sizeof text - length, format, arguments);
    va_end(arguments);
    if (n > 0)
        length += (size_t)n < sizeof text - length ? (size_t)n : sizeof text - length - 1;
}

static void say_trace(const Trace *trace, bool is_fault) {
    for (uint32_t i = 0; i < trace->depth; i++) {
        Symbol s;
        /* A return address may be the first byte of the next function. */
        uintptr_t pc = trace->pc[i] - (is_fault && i == 0 ? 0 : 1);
        symbol_find(pc, &s);
        const char *base = strrchr(s.module, '/');
        say("    #%u %s (%s+0x%lx)\n", i, s.name[0] ? s.name : "?",
            base          ? base + 1
            : s.module[0] ? s.module
                          : "?",
            (unsigned long)s.offset);
    }
}

static void say_site(const EscVerifySite *site) {
    if (site->line)
        say("  site: %s:%u:%u: %s in %s\n", site->file, site->line, site->column, site->expression,
            site->function);
    else
        say("  site: %s: %s in %s\n", site->file, site->expression, site->function);
    say("  verdict: %s\n", site->verdict);
    for (const char *line = site->flow; *line;) {
        size_t n = strcspn(line, "\n");
        say("    %.*s\n", (int)n, line);
        line += n + (line[n] == '\n');
    }
}

/* Only the first of all threads comes back. A second report inside of the first means that making
 * it failed: what is there goes out. */
static void begin(void) {
    static pid_t who;
    pid_t me = (pid_t)syscall(SYS_gettid);
    if (__atomic_exchange_n(&reporting, 1, __ATOMIC_ACQ_REL)) {
        if (who != me)
            for (;;)
                pause();
        write_out(text, length);
        report_die();
    }
    who = me;
}

static void finish(const Trace *where, bool is_fault) {
    say("  %s: thread %ld\n", is_fault ? "touched" : "here", (long)syscall(SYS_gettid));
    /* If naming the frames fails, the rest is out already. */
    write_out(text, length);
    length = 0;
    say_trace(where, is_fault);
    write_out(text, length);
    length = 0;
}

void report_complaint(Complaint what, const Object *o, const void *touched, const char *access,
                      const Trace *where) {
    begin();
    say("escapement: verify: %s", complaints[what]);
    if (o && touched)
        say(": byte %ld of %zu was %s", (long)((intptr_t)touched - (intptr_t)o->address), o->bytes,
            access);
    else if (touched)
        say(": %p was %s, which no object has any more", touched, access);
    say("\n");
    if (o) {
        say_site(o->site);
        say("  taken: instance %u, thread %ld\n", o->instance, (long)o->taken_by);
        say_trace(&o->taken, false);
        if (o->how != DEATH_NONE) {
            say("  ended: %s, thread %ld\n", deaths[o->how], (long)o->ended_by);
            say_trace(&o->ended, false);
        }
    }
    finish(where, what == COMPLAIN_DEAD || what == COMPLAIN_OUTSIDE);
    if (what == COMPLAIN_OVERRUN)
        report_die();
}

void report_too_large(const EscVerifySite *site, size_t bytes, const Trace *where) {
    begin();
    say("escapement: verify: %s: %zu bytes in %llu\n", complaints[COMPLAIN_TOO_LARGE], bytes,
        (unsigned long long)site->slot_bytes);
    say_site(site);
    finish(where, false);
    report_die();
}

void report_foreign(const void *p, const Trace *where) {
    begin();
    say("escapement: verify: %s: %p\n", complaints[COMPLAIN_FOREIGN], p);
    finish(where, false);
    report_die();
}

_Noreturn void report_die(void) {
    abort();
}
