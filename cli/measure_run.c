/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception */
/* measure_run.c - see measure_run.h.
 *
 * The allocator's numbers come from the processes themselves (preload/measure.c), each of its own;
 * time and page faults from the kernel, of the command and all it waited for.
 *
 * The command is started by posix_spawn, so that nothing of ours is in its page faults, and reports
 * what keeps it from being executed.
 *
 * NOT HERE  How often, in which order, and what is made of it (measure.c).
 */
#include "measure_run.h"

#include "command.h"
#include "measured.h"
#include "place.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <spawn.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

/* ---- its environment ------------------------------------------------------------------------- */

/* What the loader takes for a separator cannot be in the name. */
static const char *preloadable(Product which, const char *what) {
    const char *path = place()->products[which];
    if (!path)
        trouble("%s is not where it should be; `escapement doctor' says where it is looked for",
                what);
    if (strpbrk(path, " :"))
        trouble("%s cannot be preloaded: there is a blank or a colon in %s", what, path);
    return path;
}

static bool names(const char *setting, const char *name) {
    size_t length = strlen(name);
    return strncmp(setting, name, length) == 0 && setting[length] == '=';
}

/* Our own, but for the variables that we set. */
static char **environment(const RunRequest *request, const char *records) {
    static const char *const ours[] = {"LD_PRELOAD", "ESCAPEMENT_MEASURE", "ESCAPEMENT_PROFILE",
                                       "ESCAPEMENT_PROFILE_RATE"};
    size_t n = 0, kept = 0;
    while (environ[n])
        n++;
    char **all = allocate((n + 5) * sizeof *all);
    for (size_t i = 0; i < n; i++) {
        bool replaced = false;
        for (size_t j = 0; j < sizeof ours / sizeof *ours; j++)
            replaced |= names(environ[i], ours[j]);
        if (!replaced)
            all[kept++] = copy_text(environ[i]);
    }
    const char *more = getenv("LD_PRELOAD");
    all[kept++] = format_text("LD_PRELOAD=%s:%s%s%s", preloadable(MEASURE, "the counting library"),
                              preloadable(RUNTIME, "the runtime"), more && *more ? ":" : "",
                              more ? more : "");
    all[kept++] = format_text("ESCAPEMENT_MEASURE=%ld:%s", (long)getpid(), records);
    if (request->profile) {
        all[kept++] = format_text("ESCAPEMENT_PROFILE=%s", request->profile);
        all[kept++] =
            format_text("ESCAPEMENT_PROFILE_RATE=%llu", (unsigned long long)request->period);
    }
    return all;
}

static void free_environment(char **all) {
    for (size_t i = 0; all[i]; i++)
        free(all[i]);
    free(all);
}

/* ---- running --------------------------------------------------------------------------------- */

static volatile sig_atomic_t child, interrupted;

/* Of ours: the command ends with us, and our directory is removed. */
static void on_signal(int number) {
    interrupted = number;
    if (child > 0)
        kill((pid_t)child, SIGTERM);
}

static void catch_signals(void) {
    static const int caught[] = {SIGINT, SIGTERM, SIGHUP};
    struct sigaction action = {.sa_handler = on_signal};
    sigemptyset(&action.sa_mask);
    for (size_t i = 0; i < sizeof caught / sizeof *caught; i++)
        sigaction(caught[i], &action, NULL);
}

static pid_t spawn(const RunRequest *request, const char *records) {
    posix_spawn_file_actions_t files;
    pid_t process;
    char **env = environment(request, records);
    const char *input = request->input ? request->input : "/dev/null";
    struct stat s;
    int wrong = access(input, R_OK) != 0 || stat(input, &s) != 0 ? errno
                : S_ISDIR(s.st_mode)                             ? EISDIR
                                                                 : 0;
    if (wrong)
        trouble("cannot read %s: %s", input, strerror(wrong));
    posix_spawn_file_actions_init(&files);
    posix_spawn_file_actions_addopen(&files, 0, input, O_RDONLY, 0);
    if (!request->shows_output) {
        posix_spawn_file_actions_addopen(&files, 1, "/dev/null", O_WRONLY, 0);
        posix_spawn_file_actions_adddup2(&files, 1, 2);
    }
    int failed = posix_spawnp(&process, request->command[0], &files, NULL, request->command, env);
    if (failed)
        trouble("cannot run %s: %s", request->command[0], strerror(failed));
    posix_spawn_file_actions_destroy(&files);
    free_environment(env);
    return process;
}

static void check_end(const RunRequest *request, int status) {
    const char *name = request->command[0];
    if (interrupted)
        trouble("interrupted by signal %d (%s)", (int)interrupted, strsignal((int)interrupted));
    if (WIFSIGNALED(status))
        trouble("%s was killed by signal %d (%s): what it allocated is not known", name,
                WTERMSIG(status), strsignal(WTERMSIG(status)));
    if (WEXITSTATUS(status) != 0 && !request->any_status)
        trouble("%s ended with exit status %d (--show-output shows what it says, --any-status "
                "takes any)",
                name, WEXITSTATUS(status));
}

static double seconds(struct timeval time) {
    return (double)time.tv_sec + (double)time.tv_usec / 1e6;
}

static double now(void) {
    struct timespec time;
    clock_gettime(CLOCK_MONOTONIC, &time);
    return (double)time.tv_sec + (double)time.tv_nsec / 1e9;
}

/* ---- what its processes told ----------------------------------------------------------------- */

static double larger(double a, uint64_t b) {
    return a > (double)b ? a : (double)b;
}

static void add_classes(RunResult *result, const MeasuredRecord *record) {
    size_t n = 0;
    for (; n < MEASURED_CLASSES && record->classes[n].size; n++)
        ;
    if (!result->classes)
        result->classes = allocate((n + 1) * sizeof *result->classes);
    result->nclasses = n + 1;
    for (size_t i = 0; i < n; i++) {
        result->classes[i].size = record->classes[i].size;
        result->classes[i].allocs += (double)record->classes[i].allocs;
        result->classes[i].frees += (double)record->classes[i].frees;
    }
    result->classes[n].allocs += (double)record->large_allocs;
    result->classes[n].frees += (double)record->large_frees;
}

static void add_record(RunResult *result, const MeasuredRecord *record) {
    double *v = result->values;
    v[ALLOCS] += (double)record->allocs;
    v[FREES] += (double)record->frees;
    v[REALLOCS] += (double)record->reallocs;
    v[BYTES] += (double)record->bytes;
    v[HEAP] = larger(v[HEAP], record->peak_heap_bytes);
    v[RSS] = larger(v[RSS], record->peak_rss_bytes);
    add_classes(result, record);
}

static bool ends_later(const MeasuredRecord *all, size_t n, size_t begin) {
    for (size_t i = begin + 1; i < n; i++)
        if (all[i].process == all[begin].process)
            return all[i].kind == RECORD_END;
    return false;
}

/* The first thing to know, for with two allocators of ours in it a program may fail. */
static void check_allocator(const MeasuredRecord *all, size_t n) {
    for (size_t i = 0; i < n; i++)
        if (all[i].foreign && all[i].kind != RECORD_END)
            trouble("%.*s brings a malloc of its own, whose allocations cannot be counted",
                    MEASURED_NAME, all[i].name);
}

static void read_records(RunResult *result, const MeasuredRecord *all, size_t length,
                         const char *name) {
    size_t n = length / sizeof *all;
    if (n == 0)
        trouble("%s did not load the runtime: is it linked statically, or does it run with more "
                "rights than yours?",
                name);
    if (length % sizeof *all || all[0].version != MEASURED_VERSION)
        trouble("what %s counted cannot be read: the counting library is of another version", name);
    for (size_t i = 0; i < n; i++) {
        if (all[i].kind == RECORD_END) {
            add_record(result, &all[i]);
        } else if (!ends_later(all, n, i)) {
            result->lost++;
            strncpy(result->lost_name, all[i].name, MEASURED_NAME);
        }
        result->programs += all[i].kind == RECORD_BEGIN;
    }
}

RunResult measure_run(const RunRequest *request) {
    RunResult result = {0};
    struct rusage usage;
    int status;
    char *records = format_text("%s/records", request->directory);
    if (!write_file(records, "", 0))
        trouble("cannot write %s: %s", records, strerror(errno));
    catch_signals();
    if (interrupted) /* between two runs */
        check_end(request, 0);
    double start = now();
    child = spawn(request, records);
    while (wait4((pid_t)child, &status, 0, &usage) < 0)
        if (errno != EINTR)
            trouble("cannot wait for %s: %s", request->command[0], strerror(errno));
    double *v = result.values;
    v[WALL] = now() - start;
    child = 0;
    size_t length;
    char *told = read_input(records, &length);
    const MeasuredRecord *all = (const MeasuredRecord *)(const void *)told;
    if (length >= sizeof *all && all->version == MEASURED_VERSION)
        check_allocator(all, length / sizeof *all);
    check_end(request, status);
    read_records(&result, all, length, request->command[0]);
    free(told);
    v[USER] = seconds(usage.ru_utime);
    v[SYSTEM] = seconds(usage.ru_stime);
    v[CPU] = v[USER] + v[SYSTEM];
    v[FAULTS] = (double)usage.ru_minflt;
    v[MAJOR_FAULTS] = (double)usage.ru_majflt;
    free(records);
    return result;
}
