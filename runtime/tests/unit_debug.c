/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception */
/* unit_debug.c - what ESCAPEMENT_DEBUG promises, level by level: each error is found, and a correct
 * program runs as ever.
 *
 * The level is read once, at the first allocation, so each case is this program once more, with the
 * level in its environment: `unit_debug CASE NUMBER`. A case that goes unnoticed lets it exit with
 * 0, and the test fails. Linked with the library, to damage what only the library can reach.
 */
#include "check.h"
#include "escapement/runtime.h"
#include "heap.h"
#include "outcome.h"

#include <malloc.h>
#include <pthread.h>
#include <signal.h>
#include <string.h>
#include <sys/resource.h>

typedef void Case(size_t number);

/* Through volatile: compilers warn of what is done here on purpose. */
static char *volatile victim;
static volatile size_t size;

/* As many frees as empty the quarantine. */
static void free_many_others(void) {
    for (size_t i = 0; i < 3000; i++)
        free(malloc(300 + i % 50));
}

/* ---- errors -------------------------------------------------------------------------------- */

static void write_a_byte_beyond(size_t n) {
    victim = malloc(n);
    victim[n] = 1;
    free(victim);
}

static void write_a_byte_beyond_after_realloc(size_t n) {
    victim = realloc(malloc(n + 500), n);
    victim[n] = 1;
    free(victim);
}

static void read_behind_the_last_granule(size_t n) {
    victim = malloc(n);
    size = (size_t)victim[round_up(n, GRANULE)];
}

static void write_a_byte_before(size_t n) {
    victim = malloc(n);
    victim[-1] = 1;
    free(victim);
}

static void write_after_free(size_t n) {
    victim = malloc(n);
    free(victim);
    victim[n - 1] = 1;
    free_many_others();
}

static void write_after_free_and_end(size_t n) {
    victim = malloc(n);
    free(victim);
    victim[n - 1] = 1;
    exit(0);
}

static void read_after_free(size_t n) {
    victim = malloc(n);
    memset(victim, 'x', n);
    free(victim);
    for (size_t i = 0; i < n; i++)
        if ((unsigned char)victim[i] != 0xdf)
            _exit(1);
}

static void *free_victim(void *argument) {
    free(victim);
    return argument;
}

static void free_twice_by_two_threads(size_t n) {
    pthread_t thread;
    victim = malloc(n);
    pthread_create(&thread, NULL, free_victim, NULL);
    pthread_join(thread, NULL);
    free(victim);
}

static void free_again_when_the_quarantine_let_it_go(size_t n) {
    victim = malloc(n);
    free(victim);
    free_many_others();
    free(victim);
}

static void reallocate_what_was_freed(size_t n) {
    victim = malloc(n);
    free(victim);
    victim = realloc(victim, 2 * n);
}

static void ask_the_size_of_what_was_freed(size_t n) {
    victim = malloc(n);
    free(victim);
    size = malloc_usable_size(victim);
}

static void free_inside(size_t n) {
    victim = malloc(n);
    free(victim + 16);
}

static void free_with_a_size_of_one_more(size_t n) {
    extern void free_sized(void *p, size_t n);
    victim = malloc(n);
    free_sized(victim, n + 1);
}

/* As a stray write into the allocator's tables would. */
static void damage_a_record(size_t n) {
    victim = malloc(n);
    record_of(span_of(victim)->page)->magic ^= 0x5a5a;
    free_many_others();
}

static void damage_a_count(size_t n) {
    victim = malloc(n);
    span_of(victim)->nfree++;
    free_many_others();
}

/* ---- correct programs ---------------------------------------------------------------------- */

static bool all_are(const char *bytes, size_t n, char value) {
    for (size_t i = 0; i < n; i++)
        if (bytes[i] != value)
            return false;
    return true;
}

static void require(bool holds, int status) {
    if (!holds)
        _exit(status);
}

static void sizes_and_alignments_are_kept(size_t most) {
    for (size_t align = 16; align <= most; align *= 2)
        for (size_t n = 0; n < 40000; n = n * 3 / 2 + 1) {
            char *p = memalign(align, n), *q = malloc(n);
            require(p && q && (uintptr_t)p % align == 0 && (uintptr_t)q % 16 == 0, 1);
            require(malloc_usable_size(p) == n && malloc_usable_size(q) == n, 2);
            memset(p, 'p', n);
            memset(q, 'q', n);
            void *start;
            size_t bytes;
            require(n == 0 || (escrt_object_of(p + n - 1, &start, &bytes) && start == p), 3);
            require(all_are(p, n, 'p'), 4);
            free(p);
            free(q);
        }
}

static void memory_is_new_zero_or_kept(size_t most) {
    for (size_t n = 1; n < most; n = n * 3 / 2 + 1) {
        char *p = malloc(n), *q = calloc(n, 1);
        require(all_are(q, n, 0) && (n > 1000 || all_are(p, n, (char)0xaa)), 1);
        memset(p, 'k', n);
        p = realloc(p, n * 2 + 3);
        require(all_are(p, n, 'k'), 2);
        memset(p, 'l', n * 2 + 3);
        p = realloc(p, n / 2 + 1);
        require(all_are(p, n / 2 + 1, 'l'), 3);
        free(p);
        free(q);
    }
}

static void what_was_freed_is_not_handed_out_again(size_t n) {
    void *freed = malloc(n), *later[500];
    free(freed);
    for (size_t i = 0; i < 500; i++) {
        later[i] = malloc(n);
        require(later[i] != freed, 1);
    }
    for (size_t i = 0; i < 500; i++)
        free(later[i]);
}

static void samples_of_a_profile_are_objects_like_others(size_t n) {
    escrt_profile_start(1);
    for (size_t i = 0; i < 2000; i++) {
        char *p = malloc(n + i);
        require(malloc_usable_size(p) == n + i, 1);
        memset(p, 's', n + i);
        free(realloc(p, 2 * n + i));
    }
    escrt_profile_stop();
}

static void *pass_on(void *box) {
    for (size_t i = 0; i < 500; i++) {
        size_t n = 16 + i * 7919 % 3000;
        char *p = malloc(n);
        memset(p, (int)n, n);
        *(size_t *)(void *)p = n;
        p = __atomic_exchange_n((char **)box, p, __ATOMIC_ACQ_REL);
        if (p)
            n = *(size_t *)(void *)p;
        require(!p || all_are(p + sizeof n, n - sizeof n, (char)n), 1);
        free(p);
    }
    return NULL;
}

static void threads_free_what_others_allocated(size_t n) {
    pthread_t threads[16];
    static char *box;
    for (size_t i = 0; i < n; i++)
        pthread_create(&threads[i], NULL, pass_on, &box);
    for (size_t i = 0; i < n; i++)
        pthread_join(threads[i], NULL);
    free(box);
}

/* A process may have 65530 mappings, and two of them guard an object. */
static void more_objects_than_can_be_guarded(size_t n) {
    char **objects = malloc(n * sizeof *objects);
    for (size_t i = 0; i < n; i++)
        memset(objects[i] = malloc(100), (int)i, 1);
    for (size_t i = 0; i < n; i++) {
        require(objects[i][0] == (char)i, 1);
        free(objects[i]);
    }
    free(objects);
    free_many_others();
}

/* ---- the cases ----------------------------------------------------------------------------- */

#define CASES                                                                                      \
    CASE(write_a_byte_beyond)                                                                      \
    CASE(write_a_byte_beyond_after_realloc)                                                        \
    CASE(read_behind_the_last_granule)                                                             \
    CASE(write_a_byte_before)                                                                      \
    CASE(write_after_free)                                                                         \
    CASE(write_after_free_and_end)                                                                 \
    CASE(read_after_free)                                                                          \
    CASE(free_twice_by_two_threads)                                                                \
    CASE(free_again_when_the_quarantine_let_it_go)                                                 \
    CASE(reallocate_what_was_freed)                                                                \
    CASE(ask_the_size_of_what_was_freed)                                                           \
    CASE(free_inside)                                                                              \
    CASE(free_with_a_size_of_one_more)                                                             \
    CASE(damage_a_record)                                                                          \
    CASE(damage_a_count)                                                                           \
    CASE(sizes_and_alignments_are_kept)                                                            \
    CASE(memory_is_new_zero_or_kept)                                                               \
    CASE(what_was_freed_is_not_handed_out_again)                                                   \
    CASE(samples_of_a_profile_are_objects_like_others)                                             \
    CASE(threads_free_what_others_allocated)                                                       \
    CASE(more_objects_than_can_be_guarded)

#define CASE(name) {name, #name},
static const struct {
    Case *run;
    const char *name;
} cases[] = {CASES};
#undef CASE
enum { NCASES = sizeof cases / sizeof *cases };

static const char *name_of(Case *run) {
    for (size_t i = 0; i < NCASES; i++)
        if (cases[i].run == run)
            return cases[i].name;
    abort();
}

static int run_case(const char *name, const char *number) {
    setrlimit(RLIMIT_CORE, &(struct rlimit){0, 0});
    alarm(250);
    for (size_t i = 0; i < NCASES; i++)
        if (strcmp(cases[i].name, name) == 0) {
            cases[i].run(strtoul(number, NULL, 10));
            return 0;
        }
    return 99;
}

/* What becomes of this program, run anew. */
typedef struct Start {
    const char *variable, *name;
    int level; /* below 0: "check" */
    size_t n;
} Start;

static void start_anew(void *argument) {
    const Start *start = argument;
    char value[16], number[32];
    snprintf(value, sizeof value, "%d", start->level);
    snprintf(number, sizeof number, "%zu", start->n);
    setenv(start->variable, start->level < 0 ? "check" : value, 1);
    execl("/proc/self/exe", "unit_debug", start->name, number, (char *)NULL);
    _exit(98);
}

static Outcome outcome_of(const char *variable, int level, Case *run, size_t n) {
    Start start = {variable, name_of(run), level, n};
    return outcome_of_child(start_anew, &start);
}

static void complain(int level, Case *run, size_t n, const Outcome *outcome) {
    dprintf(2, "level %d, %s %zu: status %x, stderr: %s\n", level, name_of(run), n,
            (unsigned)outcome->status, outcome->text);
}

/* One line that has these words, and SIGABRT. */
static void ends_with(int level, Case *run, size_t n, const char *words) {
    Outcome outcome = outcome_of("ESCAPEMENT_DEBUG", level, run, n);
    const char *newline = strchr(outcome.text, '\n');
    if (!CHECK(WIFSIGNALED(outcome.status) && WTERMSIG(outcome.status) == SIGABRT) ||
        !CHECK(strncmp(outcome.text, "escapement: ", 12) == 0 && strstr(outcome.text, words)) ||
        !CHECK(newline && newline[1] == '\0'))
        complain(level, run, n, &outcome);
}

static void traps(int level, Case *run, size_t n) {
    Outcome outcome = outcome_of("ESCAPEMENT_DEBUG", level, run, n);
    if (!CHECK(WIFSIGNALED(outcome.status) && WTERMSIG(outcome.status) == SIGSEGV))
        complain(level, run, n, &outcome);
}

static void runs(int level, Case *run, size_t n) {
    Outcome outcome = outcome_of("ESCAPEMENT_DEBUG", level, run, n);
    if (!CHECK(outcome.status == 0 && outcome.text[0] == '\0'))
        complain(level, run, n, &outcome);
}

static const size_t sizes[] = {1, 13, 16, 24, 100, 1000, 4096, 8191, 8192, 32760, 32768, 100000};
enum { NSIZES = sizeof sizes / sizeof *sizes };

static void overflow_by_one_byte_is_found(void) {
    for (size_t i = 0; i < NSIZES; i++) {
        size_t n = sizes[i];
        ends_with(1, write_a_byte_beyond, n, "overflow");
        for (int level = 2; level <= 3; level++)
            if (n % GRANULE == 0)
                traps(level, write_a_byte_beyond, n);
            else
                ends_with(level, write_a_byte_beyond, n, "overflow");
    }
    for (int level = 1; level <= 3; level++) {
        ends_with(level, write_a_byte_beyond, 0, "overflow");
        ends_with(level, write_a_byte_beyond_after_realloc, 50, "overflow");
    }
}

static void what_goes_beyond_an_objects_alignment_traps_from_level_2(void) {
    for (size_t i = 0; i < NSIZES; i++)
        traps(2, read_behind_the_last_granule, sizes[i]);
    traps(3, read_behind_the_last_granule, 100);
    runs(1, read_behind_the_last_granule, 100);
}

static void underflow_by_one_byte_is_found_from_level_2(void) {
    for (int level = 2; level <= 3; level++) {
        ends_with(level, write_a_byte_before, 100, "underflow");
        ends_with(level, write_a_byte_before, 32768 + 100, "underflow");
    }
}

static void use_after_free_is_found(void) {
    ends_with(1, write_after_free, 40, "use after free");
    ends_with(1, write_after_free, 20000, "use after free");
    ends_with(1, write_after_free_and_end, 40, "use after free");
    runs(1, read_after_free, 100);
    traps(1, read_after_free, 100000);
    traps(1, write_after_free, 100000);
    for (int level = 2; level <= 3; level++)
        for (size_t i = 0; i < NSIZES; i++) {
            traps(level, read_after_free, sizes[i]);
            traps(level, write_after_free, sizes[i]);
        }
}

static void misuse_of_freed_objects_is_found_at_once(void) {
    for (int level = 1; level <= 3; level++)
        for (size_t n = 40; n < 200000; n *= 10) {
            ends_with(level, free_twice_by_two_threads, n, "double free");
            ends_with(level, reallocate_what_was_freed, n, "realloc of a freed object");
            ends_with(level, ask_the_size_of_what_was_freed, n, "of a freed object");
            ends_with(level, free_inside, n, "not the start of an object");
            ends_with(level, free_with_a_size_of_one_more, n, "free_sized");
        }
    ends_with(1, free_again_when_the_quarantine_let_it_go, 40, "double free");
}

static void a_damaged_heap_is_found_at_level_3(void) {
    ends_with(3, damage_a_record, 100, "this must hold");
    ends_with(3, damage_a_record, 100000, "this must hold");
    runs(2, damage_a_record, 100);
    Outcome outcome = outcome_of("ESCAPEMENT_STRESS", -1, damage_a_count, 100);
    if (!CHECK(WIFSIGNALED(outcome.status) && strstr(outcome.text, "this must hold")))
        complain(0, damage_a_count, 100, &outcome);
}

static void correct_programs_run_at_every_level(void) {
    for (int level = 0; level <= 3; level++) {
        if (level > 0) {
            runs(level, sizes_and_alignments_are_kept, 1 << 17);
            runs(level, memory_is_new_zero_or_kept, 300000);
            runs(level, what_was_freed_is_not_handed_out_again, 48);
            runs(level, what_was_freed_is_not_handed_out_again, 16000);
            runs(level, samples_of_a_profile_are_objects_like_others, 100);
        }
        runs(level, threads_free_what_others_allocated, 8);
    }
    runs(2, more_objects_than_can_be_guarded, 34000);
}

int main(int argc, char **argv) {
    if (argc == 3)
        return run_case(argv[1], argv[2]);
    RUN(overflow_by_one_byte_is_found);
    RUN(what_goes_beyond_an_objects_alignment_traps_from_level_2);
    RUN(underflow_by_one_byte_is_found_from_level_2);
    RUN(use_after_free_is_found);
    RUN(misuse_of_freed_objects_is_found_at_once);
    RUN(a_damaged_heap_is_found_at_level_3);
    RUN(correct_programs_run_at_every_level);
    return check_report();
}
