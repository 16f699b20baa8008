/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception */
/* heapprofile.c - the heap profile as a whole: when it starts, and when it is written.
 *
 *     profile.h, sample.c .... which allocations are sampled
 *     stack.c ................ who made them            <- here they meet
 *     sites.c ................ the table by call site
 *     pprof.c, leaks.c ....... the file, the report
 *
 * A stack is taken before the table is locked, and the file is written without a lock: sites are
 * never removed. So a profile can be written at any time, in a signal handler too, and a thread
 * that takes a sample never waits for a disk.
 *
 * A file is written beside its name and then renamed: who reads it finds a whole one.
 */
#include "heapprofile.h"
#include "config.h"
#include "error.h"
#include "escapement/runtime.h"
#include "leaks.h"
#include "pprof.h"
#include "profile.h"
#include "sites.h"
#include "stack.h"
#include "sys.h"

#include <fcntl.h>
#include <signal.h>
#include <string.h>

/* The usual mean distance, and a shorter one where small leaks matter more than speed. */
enum { USUAL_MEAN = 512 * 1024, LEAKS_MEAN = 16 * 1024, PATH_BYTES = 4096 };

static long starter; /* the process that was asked for a profile: its children were not */
static _Atomic bool running, writing;

static long process_id(void) {
    return sys_call(SYS_getpid, 0, 0, 0, 0, 0, 0);
}

static void sample(void *p, size_t size) {
    uintptr_t frames[UNWIND_DEPTH];
    UnwindHow how = escrt_config.profile_tables ? UNWIND_AUTO : UNWIND_FRAMES;
    size_t depth = escrt_unwind(how, frames);
    escrt_sites_add(p, size, frames, depth);
}

static const ProfileHooks hooks = {.sample = sample, .freed = escrt_sites_remove};

/* %p is the number of the process. false: longer than any path. */
static bool expand(const char *pattern, const char *suffix, char path[PATH_BYTES]) {
    Text text = {.bytes = path, .capacity = PATH_BYTES, .fd = -1};
    for (const char *at = pattern; *at; at++) {
        bool number = at[0] == '%' && at[1] == 'p';
        if (number)
            escrt_text_print(&text, "%ld", process_id());
        else
            escrt_text_print(&text, "%c", *at);
        at += number;
    }
    escrt_text_print(&text, "%s%c", suffix, '\0');
    return text.total <= PATH_BYTES;
}

static bool write_file(const char *path, const char *beside) {
    int fd = escrt_sys_create(beside);
    if (fd < 0)
        return false;
    bool made = escrt_pprof_write(fd);
    escrt_sys_close(fd);
    if (made)
        made = !sys_failed(
            sys_call(SYS_renameat2, AT_FDCWD, (long)beside, AT_FDCWD, (long)path, 0, 0));
    else
        sys_call(SYS_unlinkat, AT_FDCWD, (long)beside, 0, 0, 0, 0);
    return made;
}

/* One at a time: a second one would write into the same file. A device (/dev/null, /dev/stdout) is
 * written to, not replaced. */
static bool write_profile(const char *pattern) {
    char path[PATH_BYTES], beside[PATH_BYTES];
    if (!expand(pattern, "", path) || !expand(pattern, ".new", beside) ||
        atomic_exchange(&writing, true))
        return false;
    bool device = strncmp(path, "/dev/", 5) == 0;
    int fd = device ? escrt_sys_create(path) : -1;
    bool made = device ? fd >= 0 && escrt_pprof_write(fd) : write_file(path, beside);
    if (fd >= 0)
        escrt_sys_close(fd);
    atomic_store(&writing, false);
    return made;
}

static void write_or_warn(void) {
    if (escrt_config.profile && !write_profile(escrt_config.profile))
        escrt_warn("the heap profile could not be written to %s", escrt_config.profile);
}

static void on_signal(int number) {
    (void)number;
    write_or_warn();
}

static void install_handler(int number) {
    struct sigaction action = {.sa_handler = on_signal, .sa_flags = SA_RESTART}, before;
    if (sigaction(number, NULL, &before) != 0 || sigaction(number, &action, NULL) != 0)
        escrt_warn("ESCAPEMENT_PROFILE_SIGNAL=%d: this signal cannot be caught", number);
}

static void start(size_t mean_bytes) {
    starter = process_id();
    escrt_sites_start(mean_bytes);
    atomic_store(&running, true);
    escrt_profile_attach(&hooks, mean_bytes);
}

void escrt_heapprofile_start(void) {
    if (!escrt_config.profile && !escrt_config.leaks)
        return;
    size_t usual = escrt_config.leaks ? LEAKS_MEAN : USUAL_MEAN;
    start(escrt_config.profile_rate ? escrt_config.profile_rate : usual);
    if (escrt_config.profile && escrt_config.profile_signal)
        install_handler((int)escrt_config.profile_signal);
}

void escrt_heapprofile_exit(void) {
    bool own = process_id() == starter;
    if (!running)
        return;
    if (own || (escrt_config.profile && strstr(escrt_config.profile, "%p")))
        write_or_warn();
    if (own && escrt_config.leaks)
        escrt_leaks_report();
}

void escrt_heapprofile_fork(bool prepare, bool child) {
    escrt_sites_fork(prepare, child);
}

/* ---- by call (escapement/runtime.h) -------------------------------------------------------- */

EXPORT void escrt_profile_start(size_t mean_bytes) {
    if (!running)
        start(mean_bytes ? mean_bytes : USUAL_MEAN);
    else
        escrt_profile_attach(&hooks, escrt_sites_mean());
}

EXPORT void escrt_profile_stop(void) {
    escrt_profile_attach(NULL, 0);
}

EXPORT bool escrt_profile_write(const char *path) {
    return running && write_profile(path);
}
