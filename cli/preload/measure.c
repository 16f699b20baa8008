/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception */
/* measure.c - preloaded beside the runtime by `escapement measure`: hands on what a process
 * allocated.
 *
 * The runtime counts; here is only when its counters are read: when the process ends, by exit, by
 * _exit (as shells do) or by executing another program, and at a fork, for a child has its parent's
 * numbers and should tell of its own alone.
 *
 * The runtime counts a realloc that moves as an allocation and a free. What a program asked for
 * is one reallocation, so those are counted here and taken off.
 *
 * INVARIANT  Nothing here allocates, and errno is kept by all that succeeds.
 *
 * NOT SEEN  A process that is killed; what destructors of libraries do after ours.
 */
#include "measured.h"

#include <dlfcn.h>
#include <errno.h>
#include <escapement/runtime.h>
#include <fcntl.h>
#include <pthread.h>
#include <signal.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/syscall.h>
#include <unistd.h>

#define EXPORT __attribute__((visibility("default")))
enum { PATH_BYTES = 4096, MOST_ARGUMENTS = 4096, SECONDS_TO_TELL = 2 };

static char path[PATH_BYTES]; /* "": nobody wants to know */
static pid_t self;            /* whose numbers these are: not those of a vfork's child */
static bool is_command;       /* what `escapement measure` started itself */
static uint64_t inherited_rss;
static EscrtStats base;                   /* at the fork */
static uint64_t reallocs, moves, emptied; /* realloc of an object; of those that moved; to size 0 */

typedef void *Realloc(void *, size_t);
static Realloc *real_realloc;

/* ---- telling --------------------------------------------------------------------------------- */

static void append(const MeasuredRecord *record) {
    int saved = errno, file = open(path, O_WRONLY | O_APPEND | O_CLOEXEC);
    if (file >= 0) {
        ssize_t written = write(file, record, sizeof *record);
        (void)written; /* short: the reader says that the file is broken */
        close(file);
    }
    errno = saved;
}

static MeasuredRecord new_record(RecordKind kind) {
    MeasuredRecord record = {.version = MEASURED_VERSION, .kind = kind, .process = self};
    prctl(PR_GET_NAME, record.name, 0, 0, 0);
    return record;
}

static uint64_t largest_so_far(void) {
    struct rusage usage;
    return getrusage(RUSAGE_SELF, &usage) == 0 ? (uint64_t)usage.ru_maxrss * 1024 : 0;
}

static uint64_t high_water_mark(void) {
    char text[4096];
    int file = open("/proc/self/status", O_RDONLY | O_CLOEXEC);
    ssize_t length = file < 0 ? -1 : read(file, text, sizeof text - 1);
    if (file >= 0)
        close(file);
    text[length < 0 ? 0 : length] = '\0';
    const char *at = strstr(text, "VmHWM:");
    return at ? strtoull(at + 6, NULL, 10) * 1024 : 0;
}

/* What getrusage says begins with what the parent had at the fork. Where this process went beyond,
 * it is its own; otherwise its peak was not above its parent's, which is measured too. Only the
 * command itself, whose parent is not, has to look at the dearer /proc. */
static uint64_t peak_rss(void) {
    uint64_t most = largest_so_far();
    return most > inherited_rss ? most : is_command ? high_water_mark() : 0;
}

static void add_classes(MeasuredRecord *record, const EscrtStats *now) {
    record->large_allocs = now->allocs - base.allocs;
    record->large_frees = now->frees - base.frees;
    for (uint32_t i = 0; i < now->num_classes && i < MEASURED_CLASSES; i++) {
        MeasuredClass *class = &record->classes[i];
        class->size = now->classes[i].size;
        class->allocs = now->classes[i].allocs - base.classes[i].allocs;
        class->frees = now->classes[i].frees - base.classes[i].frees;
        record->large_allocs -= class->allocs;
        record->large_frees -= class->frees;
    }
}

static void tell_end(void) {
    MeasuredRecord record = new_record(RECORD_END);
    EscrtStats now;
    escrt_stats(&now, sizeof now);
    uint64_t moved = __atomic_load_n(&moves, __ATOMIC_RELAXED);
    record.allocs = now.allocs - base.allocs - moved;
    record.frees = now.frees - base.frees - moved - __atomic_load_n(&emptied, __ATOMIC_RELAXED);
    record.bytes = now.bytes_allocated - base.bytes_allocated;
    record.reallocs = __atomic_load_n(&reallocs, __ATOMIC_RELAXED);
    record.peak_heap_bytes = now.peak_in_use_bytes;
    record.peak_rss_bytes = peak_rss();
    add_classes(&record, &now);
    append(&record);
}

static void start_counting(RecordKind kind) {
    self = getpid();
    reallocs = moves = emptied = 0;
    inherited_rss = largest_so_far();
    MeasuredRecord record = new_record(kind);
    Dl_info ours, theirs;
    record.foreign = !dladdr((void *)(uintptr_t)escrt_stats, &ours) ||
                     !dladdr((void *)(uintptr_t)malloc, &theirs) ||
                     ours.dli_fbase != theirs.dli_fbase;
    append(&record);
}

static bool is_ours(void) {
    return *path && getpid() == self;
}

static void after_fork(void) {
    escrt_stats(&base, sizeof base);
    is_command = false;
    start_counting(RECORD_FORK);
}

/* ESCAPEMENT_MEASURE=PROCESS:FILE, the number of the process that measures. */
__attribute__((constructor)) static void begin(void) {
    const char *setting = getenv("ESCAPEMENT_MEASURE"),
               *name = setting ? strchr(setting, ':') : NULL;
    if (!name || strlen(++name) >= sizeof path)
        return;
    memcpy(path, name, strlen(name) + 1);
    is_command = strtol(setting, NULL, 10) == getppid();
    start_counting(RECORD_BEGIN);
    pthread_atfork(NULL, NULL, after_fork);
}

__attribute__((destructor)) static void end(void) {
    if (is_ours())
        tell_end();
    *path = '\0';
}

/* ---- ends without exit ----------------------------------------------------------------------- */

static volatile sig_atomic_t status_of_exit;

static void leave(int number) {
    (void)number;
    syscall(SYS_exit_group, (int)status_of_exit);
}

/* _exit may be called by a signal handler that interrupted the allocator with its locks taken.
 * Then the numbers cannot be had, and the process has to end all the same. */
static void tell_within_time(int status) {
    struct sigaction action = {.sa_handler = leave};
    sigset_t alarms;
    status_of_exit = status;
    sigemptyset(&alarms);
    sigaddset(&alarms, SIGALRM);
    sigaction(SIGALRM, &action, NULL);
    pthread_sigmask(SIG_UNBLOCK, &alarms, NULL);
    alarm(SECONDS_TO_TELL);
    tell_end();
}

EXPORT __attribute__((noreturn)) void _exit(int status) {
    if (is_ours())
        tell_within_time(status);
    for (;;)
        syscall(SYS_exit_group, status);
}

EXPORT __attribute__((noreturn)) void _Exit(int status) {
    _exit(status);
}

/* ---- another program ------------------------------------------------------------------------- */

typedef int Execve(const char *, char *const[], char *const[]);
typedef int Fexecve(int, char *const[], char *const[]);

/* What was told is taken as the new beginning when there is no such program. */
static void before_exec(void) {
    if (is_ours())
        tell_end();
}

static int exec_failed(int result) {
    if (!is_ours())
        return result;
    int saved = errno;
    bool was_command = is_command;
    after_fork();
    is_command = was_command;
    errno = saved;
    return result;
}

static int exec_by(const char *how, const char *program, char *const argv[], char *const envp[]) {
    Execve *real = (Execve *)(uintptr_t)dlsym(RTLD_NEXT, how);
    before_exec();
    return exec_failed(real(program, argv, envp));
}

EXPORT int execve(const char *program, char *const argv[], char *const envp[]) {
    return exec_by("execve", program, argv, envp);
}
EXPORT int execv(const char *program, char *const argv[]) {
    return exec_by("execve", program, argv, environ);
}
EXPORT int execvpe(const char *program, char *const argv[], char *const envp[]) {
    return exec_by("execvpe", program, argv, envp);
}
EXPORT int execvp(const char *program, char *const argv[]) {
    return exec_by("execvpe", program, argv, environ);
}
EXPORT int fexecve(int program, char *const argv[], char *const envp[]) {
    Fexecve *real = (Fexecve *)(uintptr_t)dlsym(RTLD_NEXT, "fexecve");
    before_exec();
    return exec_failed(real(program, argv, envp));
}

/* The arguments after the first, up to a null pointer, as a vector; false: too many. */
static bool collect(const char *first, va_list rest, char *argv[MOST_ARGUMENTS]) {
    size_t n = 0;
    for (const char *one = first; one; one = va_arg(rest, const char *)) {
        if (n == MOST_ARGUMENTS - 1) {
            errno = E2BIG;
            return false;
        }
        argv[n++] = (char *)(uintptr_t)one;
    }
    argv[n] = NULL;
    return true;
}

EXPORT int execl(const char *program, const char *first, ...) {
    char *argv[MOST_ARGUMENTS];
    va_list rest;
    va_start(rest, first);
    bool whole = collect(first, rest, argv);
    va_end(rest);
    return whole ? execv(program, argv) : -1;
}
EXPORT int execlp(const char *program, const char *first, ...) {
    char *argv[MOST_ARGUMENTS];
    va_list rest;
    va_start(rest, first);
    bool whole = collect(first, rest, argv);
    va_end(rest);
    return whole ? execvp(program, argv) : -1;
}
EXPORT int execle(const char *program, const char *first, ...) {
    char *argv[MOST_ARGUMENTS];
    va_list rest;
    va_start(rest, first);
    bool whole = collect(first, rest, argv);
    char *const *envp = whole ? va_arg(rest, char *const *) : NULL;
    va_end(rest);
    return whole ? execve(program, argv, envp) : -1;
}

/* ---- reallocations --------------------------------------------------------------------------- */

static void count(uint64_t *counter) {
    __atomic_fetch_add(counter, 1, __ATOMIC_RELAXED);
}

EXPORT void *realloc(void *block, size_t size) {
    if (!real_realloc)
        real_realloc = (Realloc *)(uintptr_t)dlsym(RTLD_NEXT, "realloc");
    void *result = real_realloc(block, size);
    if (!block)
        return result;
    count(&reallocs);
    if (size == 0)
        count(&emptied);
    else if (result && result != block)
        count(&moves);
    return result;
}

EXPORT void *reallocarray(void *block, size_t n, size_t size) {
    size_t bytes;
    if (__builtin_mul_overflow(n, size, &bytes)) {
        errno = ENOMEM;
        return NULL;
    }
    return realloc(block, bytes);
}
