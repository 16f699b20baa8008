/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception */
/* count.c - count the instructions of malloc and of free exactly, by stepping through
 * count_target.c.
 *
 * After the target's first stop every instruction is one ptrace step. A call begins with the first
 * program counter outside the target's own text and ends with the first one inside again; the
 * instructions between are the call's, its return included. The numbers do not depend on what else
 * the machine does.
 *
 * NOT HERE  Restartable sequences: a step ends one, so an allocator inside one would never get
 * through.
 */
#include <elf.h>
#include <errno.h>
#include <linux/rseq.h>
#include <sched.h>
#include <signal.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ptrace.h>
#include <sys/uio.h>
#include <sys/user.h>
#include <sys/wait.h>
#include <unistd.h>

enum { MAX_CALLS = 100000 };

typedef struct {
    uintptr_t start, end;
} Text;

typedef struct {
    uint32_t counts[MAX_CALLS];
    size_t ncalls;
} Calls;

static Calls mallocs, frees;

static void fail(const char *what) {
    fprintf(stderr, "count-malloc: %s\n", what);
    exit(1);
}

static pid_t start_target(char **argv) {
    pid_t child = fork();
    if (child == 0) {
        const char *library = getenv("COUNT_LIBRARY");
        cpu_set_t one;
        CPU_ZERO(&one);
        CPU_SET(0, &one);
        sched_setaffinity(0, sizeof one, &one);
        if (library && *library)
            setenv("LD_PRELOAD", library, 1);
        if (ptrace(PTRACE_TRACEME, 0, NULL, NULL) != 0)
            _exit(126);
        execv(argv[0], argv);
        _exit(127);
    }
    return child;
}

/* Continue until the target stops itself; the stop after exec is passed over. */
static void run_to_stop(pid_t target) {
    int status;
    for (;;) {
        if (waitpid(target, &status, 0) != target || !WIFSTOPPED(status))
            fail("the target ended before it was measured");
        if (WSTOPSIG(status) == SIGSTOP)
            return;
        ptrace(PTRACE_CONT, target, NULL, NULL);
    }
}

/* The executable mapping of the target's own file. */
static Text find_text(pid_t target, const char *program) {
    char path[64], line[1024];
    Text text = {0};
    snprintf(path, sizeof path, "/proc/%d/maps", (int)target);
    FILE *maps = fopen(path, "r");
    if (maps == NULL)
        fail("no /proc/PID/maps");
    while (fgets(line, sizeof line, maps)) {
        uintptr_t start, end;
        char access[8];
        const char *base = strrchr(program, '/');
        if (sscanf(line, "%lx-%lx %7s", &start, &end, access) == 3 && access[2] == 'x' &&
            strstr(line, base ? base + 1 : program))
            text = (Text){start, end};
    }
    fclose(maps);
    if (text.end == 0)
        fail("the target's text was not found");
    return text;
}

static uintptr_t program_counter(pid_t target) {
    struct user_regs_struct registers;
    struct iovec area = {&registers, sizeof registers};
    if (ptrace(PTRACE_GETREGSET, target, (void *)NT_PRSTATUS, &area) != 0)
        fail(strerror(errno));
#if defined(__x86_64__)
    return registers.rip;
#elif defined(__aarch64__)
    return registers.pc;
#else
#error "count.c: which register is the program counter?"
#endif
}

/* Where the target's word rseq_cs is; 0 when it has none. */
static uintptr_t find_sequence_word(pid_t target) {
    struct {
        uint64_t address;
        uint32_t size, signature, flags, unused;
    } configuration = {0};
    long request = 0x420f; /* PTRACE_GET_RSEQ_CONFIGURATION, Linux 5.13 */
    if (ptrace((enum __ptrace_request)request, target, sizeof configuration, &configuration) <= 0 ||
        configuration.address == 0)
        return 0;
    return (uintptr_t)configuration.address + offsetof(struct rseq, rseq_cs);
}

/* One step; 0 when the target stopped itself instead. */
static int step(pid_t target, uintptr_t sequence_word) {
    int status;
    if (sequence_word && ptrace(PTRACE_POKEDATA, target, sequence_word, NULL) != 0)
        fail(strerror(errno));
    if (ptrace(PTRACE_SINGLESTEP, target, NULL, NULL) != 0)
        fail(strerror(errno));
    if (waitpid(target, &status, 0) != target || !WIFSTOPPED(status))
        fail("the target ended while it was measured");
    return WSTOPSIG(status) == SIGTRAP;
}

/* raise() is outside of the text as well: the first excursion after the stop is the end of it, and
 * the last one, that ends in the second stop, is never recorded. */
static void count(pid_t target, Text text) {
    size_t inside = 0, nexcursions = 0;
    uintptr_t sequence_word = find_sequence_word(target);
    while (step(target, sequence_word)) {
        uintptr_t counter = program_counter(target);
        if (counter < text.start || counter >= text.end) {
            inside++;
        } else if (inside > 0) {
            Calls *calls = nexcursions % 2 ? &mallocs : &frees;
            if (nexcursions++ > 0 && calls->ncalls < MAX_CALLS)
                calls->counts[calls->ncalls++] = (uint32_t)inside;
            inside = 0;
        }
    }
}

static int compare(const void *left, const void *right) {
    uint32_t a = *(const uint32_t *)left, b = *(const uint32_t *)right;
    return (a > b) - (a < b);
}

static void print(const char *name, Calls *calls) {
    double sum = 0;
    if (calls->ncalls == 0)
        fail("no call was seen");
    qsort(calls->counts, calls->ncalls, sizeof *calls->counts, compare);
    for (size_t i = 0; i < calls->ncalls; i++)
        sum += calls->counts[i];
    printf(" %s %u median, %.1f mean, %u..%u", name, calls->counts[calls->ncalls / 2],
           sum / (double)calls->ncalls, calls->counts[0], calls->counts[calls->ncalls - 1]);
}

int main(int argc, char **argv) {
    if (argc != 5) {
        fprintf(stderr, "usage: count-malloc-driver TARGET SIZE SLOTS PAIRS\n");
        return 2;
    }
    pid_t target = start_target(argv + 1);
    run_to_stop(target);
    count(target, find_text(target, argv[1]));
    print("malloc", &mallocs);
    fputc(';', stdout);
    print("free", &frees);
    fputc('\n', stdout);
    ptrace(PTRACE_CONT, target, NULL, NULL);
    waitpid(target, NULL, 0);
    return 0;
}
