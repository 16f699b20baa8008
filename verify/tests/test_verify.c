/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception */
/* test_verify.c - what the runtime of verify mode finds, and what it leaves alone.
 *
 * Each scenario does by hand what a plugin's code does, in a process of its own: a report ends it.
 * Run without arguments it executes itself for every scenario and compares the end and what was
 * said; with a name it is that scenario.
 */
#include "state.h"
#include <errno.h>
#include <setjmp.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <ucontext.h>
#include <unistd.h>

#define NOINLINE __attribute__((noinline))
#define CHECK(condition)                                                                           \
    ((condition) ? (void)0 : (printf("line %d: not so: %s\n", __LINE__, #condition), exit(3)))

static EscVerifySite site = {"dir/f.c",
                             "malloc(64)",
                             "maker",
                             "moved to stack: malloc(64)",
                             "slot of 64 bytes\nfree removed at f.c:9:5",
                             64,
                             7,
                             13,
                             0,
                             0};
static char slot[64] __attribute__((aligned(16)));
static char *volatile kept;
static volatile char sink;

NOINLINE static char *take(void **cell, size_t bytes) {
    return esc_verify_take(cell, slot, bytes, 16, &site);
}

/* ---- what is found */

NOINLINE static void leave_with_pointer(void) {
    void *cell = &cell;
    kept = take(&cell, 64);
    kept[0] = 1;
    CHECK(kept != slot);
    esc_verify_leave(&cell);
}
static void use_after_return(void) {
    leave_with_pointer();
    sink = kept[3];
}
static void write_after_return(void) {
    leave_with_pointer();
    kept[63] = 1;
}
static void use_after_next(void) {
    void *cell = &cell;
    char *first = take(&cell, 64);
    char *second = take(&cell, 64);
    second[0] = 1;
    sink = first[0];
}
static void use_after_free(void) {
    void *cell = &cell;
    char *p = take(&cell, 64);
    esc_verify_free(p);
    sink = p[1];
}
static void use_after_realloc(void) {
    void *cell = &cell;
    char *p = take(&cell, 8), *q = malloc(64);
    memcpy(p, "contents", 8);
    esc_verify_copy_out(q, p, 64);
    CHECK(memcmp(q, "contents", 8) == 0);
    sink = p[0];
}
static void use_after_resize(void) {
    void *cell = &cell;
    char *p = take(&cell, 8);
    memcpy(p, "contents", 8);
    char *q = esc_verify_resize(&cell, slot, 16, 16, &site, p, 16);
    CHECK(memcmp(q, "contents", 8) == 0);
    sink = p[0];
}

static jmp_buf back;
NOINLINE static void jump_with_object(void) {
    void *cell = &cell;
    kept = take(&cell, 64);
    longjmp(back, 1);
}
static void use_after_longjmp(void) {
    if (setjmp(back) == 0)
        jump_with_object();
    esc_verify_landed();
    sink = kept[0];
}
static void *make_in_thread(void *argument) {
    void *cell = &cell;
    kept = take(&cell, 64);
    return argument;
}
static void use_after_thread(void) {
    pthread_t t;
    CHECK(pthread_create(&t, NULL, make_in_thread, NULL) == 0 && pthread_join(t, NULL) == 0);
    sink = kept[0];
}
static void use_in_library(void) {
    leave_with_pointer();
    printf("%zu", strlen(kept));
}
static void write_past_end(void) {
    void *cell = &cell;
    take(&cell, 64)[64] = 1;
}
static void write_past_odd_end(void) {
    void *cell = &cell;
    char *p = take(&cell, 60);
    p[60] = 1; /* up to 63 no page ends */
    esc_verify_leave(&cell);
}
static void free_not_found(void) {
    void *cell = &cell;
    free(take(&cell, 64));
}
static void realloc_not_found(void) {
    void *cell = &cell;
    kept = realloc(take(&cell, 64), 100);
}
static void free_twice(void) {
    void *cell = &cell;
    char *p = take(&cell, 64);
    esc_verify_removed_free(p, 1);
    esc_verify_removed_free(p, 1);
}
static void free_previous(void) {
    void *cell = &cell;
    char *p = take(&cell, 64);
    take(&cell, 64);
    esc_verify_free(p);
}
static void removed_free_of_heap(void) {
    esc_verify_removed_free(malloc(8), 0);
}
static void larger_than_slot(void) {
    void *cell = &cell;
    take(&cell, 65);
}

/* ---- what is left alone */

static void alive_is_alive(void) {
    void *cells[3] = {&cells[0], &cells[1], &cells[2]};
    for (int round = 0; round < 1000; round++)
        for (int i = 0; i < 3; i++) {
            char *p = take(&cells[i], (size_t)(1 + round % 64));
            CHECK((uintptr_t)p % 16 == 0);
            memset(p, i, (size_t)(1 + round % 64));
        }
    for (int i = 0; i < 3; i++)
        CHECK(*(char *)cells[i] == i);
    esc_verify_removed_free(NULL, 0);
    esc_verify_removed_free(slot, 1);
    esc_verify_free(slot);
    for (int i = 0; i < 3; i++)
        esc_verify_leave(&cells[i]);
    CHECK(verify_check() && esc_verify_counts().live == 0);
}
static void copies_overlap(void) {
    void *cell = &cell;
    char *s = strcpy(take(&cell, 10), "abcdefghi");
    while (*s)
        s = esc_verify_take_copy(&cell, slot, strlen(s), 1, &site, s + 1, strlen(s));
    esc_verify_leave(&cell);
}
static void errno_stays(void) {
    void *cell = &cell;
    errno = 77;
    take(&cell, 64);
    esc_verify_leave(&cell);
    CHECK(errno == 77);
}
static void every_third(void) {
    unsigned guarded = 0;
    for (int i = 0; i < 30; i++) {
        void *cell = &cell;
        guarded += take(&cell, 64) != slot;
        esc_verify_leave(&cell);
    }
    CHECK(guarded == 10);
}
static void not_chosen(void) {
    void *cell = &cell;
    CHECK(take(&cell, 64) == slot);
}
static void chosen_by_line(void) {
    void *cell = &cell;
    CHECK(take(&cell, 64) != slot);
    site.line = 8;
    site.chosen = 0;
    CHECK(take(&cell, 64) == slot);
}
static void limit_of_living(void) {
    void *cells[10];
    for (int i = 0; i < 10; i++) {
        cells[i] = &cells[i];
        CHECK((take(&cells[i], 64) != slot) == (i < 4));
    }
    CHECK(esc_verify_counts().unguarded == 6 && verify_check());
}
/* With as many living objects as the system allows mappings nothing fails. */
static void many_live(void) {
    static void *cells[70000];
    for (int i = 0; i < 70000; i++) {
        cells[i] = &cells[i];
        char *p = take(&cells[i], 64);
        p[0] = 1;
    }
    CHECK(esc_verify_counts().guarded > 10000 && esc_verify_counts().unguarded > 0);
    void *more = malloc(1 << 24);
    CHECK(more);
    for (int i = 0; i < 70000; i++)
        esc_verify_leave(&cells[i]);
    CHECK(verify_check());
}
static void small_quarantine(void) {
    void *old = &old;
    char *living = take(&old, 64);
    strcpy(living, "still here");
    for (int i = 0; i < 2000; i++) {
        void *cell = &cell;
        memset(take(&cell, 64), 1, 64);
        esc_verify_leave(&cell);
    }
    CHECK(strcmp(living, "still here") == 0 && verify_check());
    CHECK(esc_verify_counts().guarded == 2001);
}
static void pages_of_alignment(void) {
    static char large[20000] __attribute__((aligned(4096)));
    site.slot_bytes = sizeof large;
    for (size_t align = 16; align <= 4096; align *= 2) {
        void *cell = &cell;
        char *p = esc_verify_take(&cell, large, 9000, align, &site);
        CHECK(p != large && (uintptr_t)p % align == 0);
        memset(p, 1, 9000);
        esc_verify_leave(&cell);
    }
}

static jmp_buf out;
static void recover(int number) {
    (void)number;
    longjmp(out, 1);
}
static void own_handler(void) {
    void *cell = &cell;
    take(&cell, 64);
    CHECK(signal(SIGSEGV, recover) == SIG_DFL);
    if (setjmp(out) == 0)
        *(volatile char *)8 = 1;
    struct sigaction now;
    CHECK(sigaction(SIGSEGV, NULL, &now) == 0 && now.sa_handler == recover);
    esc_verify_landed();
    *(char *)cell = 1; /* it lives: this frame was not left */
}
static void own_fault_kills(void) {
    signal(SIGSEGV, SIG_DFL);
    *(volatile char *)8 = 1;
}

static volatile unsigned handled;
static void handler_allocates(int number) {
    void *cell = &cell;
    char *p = take(&cell, 64);
    memset(p, number, 64);
    esc_verify_leave(&cell);
    handled++;
}
static void signals_interrupt(void) {
    struct sigaction action = {.sa_handler = handler_allocates};
    CHECK(sigaction(SIGALRM, &action, NULL) == 0);
    ualarm(100, 100);
    while (handled < 500) {
        void *cell = &cell;
        memset(take(&cell, 64), 1, 64);
        esc_verify_leave(&cell);
    }
    ualarm(0, 0);
    CHECK(verify_check());
}

static void *churn(void *argument) {
    for (int i = 0; i < 3000; i++) {
        void *cell = &cell;
        char *p = take(&cell, 64);
        memset(p, i, 64);
        for (int k = 0; k < 64; k++)
            CHECK(p[k] == (char)i);
        esc_verify_leave(&cell);
    }
    return argument;
}
static void threads_at_once(void) {
    pthread_t t[4];
    for (int i = 0; i < 4; i++)
        CHECK(pthread_create(&t[i], NULL, churn, NULL) == 0);
    for (int i = 0; i < 4; i++)
        pthread_join(t[i], NULL);
    CHECK(verify_check() && esc_verify_counts().live == 0);
}
static void fork_in_the_middle(void) {
    void *cell = &cell;
    char *p = take(&cell, 64);
    pthread_t t;
    strcpy(p, "of both");
    CHECK(pthread_create(&t, NULL, churn, NULL) == 0);
    for (int i = 0; i < 20; i++) {
        pid_t child = fork();
        if (child == 0) {
            CHECK(strcmp(p, "of both") == 0);
            churn(NULL);
            esc_verify_leave(&cell);
            _exit(0);
        }
        int status;
        CHECK(waitpid(child, &status, 0) == child && status == 0);
    }
    pthread_join(t, NULL);
    CHECK(strcmp(p, "of both") == 0);
}

/* A longjmp inside of a coroutine does not end objects of the thread's own stack, nor theirs. */
static ucontext_t outside, inside;
static void coroutine(void) {
    void *cell = &cell;
    char *mine = take(&cell, 64);
    jmp_buf here;
    mine[0] = 5;
    if (setjmp(here) == 0)
        longjmp(here, 1);
    esc_verify_landed();
    swapcontext(&inside, &outside);
    CHECK(mine[0] == 5);
    esc_verify_leave(&cell);
}
static void coroutines(void) {
    void *cell = &cell;
    char *mine = take(&cell, 64), *stack = malloc(65536);
    mine[0] = 7;
    getcontext(&inside);
    inside.uc_stack.ss_sp = stack;
    inside.uc_stack.ss_size = 65536;
    inside.uc_link = &outside;
    makecontext(&inside, coroutine, 0);
    swapcontext(&outside, &inside);
    for (int i = 0; i < 10; i++) {
        void *other = &other;
        take(&other, 64)[0] = 1;
        esc_verify_leave(&other);
    }
    swapcontext(&outside, &inside);
    CHECK(mine[0] == 7);
    esc_verify_leave(&cell);
    CHECK(verify_check() && esc_verify_counts().live == 0);
}
NOINLINE static void landed_above(int depth) {
    void *cell = &cell;
    char *mine = take(&cell, 64);
    mine[0] = 3;
    if (depth > 0)
        landed_above(depth - 1);
    else if (setjmp(back) == 0)
        jump_with_object();
    esc_verify_landed();
    CHECK(mine[0] == 3);
    esc_verify_leave(&cell);
}
static void longjmp_spares_the_living(void) {
    landed_above(20);
    CHECK(esc_verify_counts().live == 0 && verify_check());
}

typedef struct Scenario {
    const char *name;
    void (*run)(void);
    const char *settings; /* of ESCAPEMENT_VERIFY */
    int signal;           /* how it ends; 0: exit status 0 */
    const char *said[5];  /* in what it writes to standard error */
} Scenario;

static const Scenario scenarios[] = {
    {"a read after the return is reported",
     use_after_return,
     "",
     SIGSEGV,
     {"used after its life: byte 3 of 64 was read\n", "site: dir/f.c:7:13: malloc(64) in maker\n",
      "verdict: moved to stack: malloc(64)\n    slot of 64 bytes\n    free removed at f.c:9:5\n",
      "ended: its function returned, thread", "#0 use_after_return (verify-test+0x"}},
    {"the traces name those who took and left it",
     use_after_return,
     "",
     SIGSEGV,
     {"taken: instance 1, thread", "#1 leave_with_pointer (", "#0 leave_with_pointer ("}},
    {"a write after the return is reported",
     write_after_return,
     "",
     SIGSEGV,
     {"byte 63 of 64 was written\n"}},
    {"a use in the next round is reported",
     use_after_next,
     "",
     SIGSEGV,
     {"ended: its slot was taken for the next object"}},
    {"a use after free is reported", use_after_free, "", SIGSEGV, {"ended: it was freed"}},
    {"a use after realloc is reported",
     use_after_realloc,
     "",
     SIGSEGV,
     {"byte 0 of 8", "ended: it was reallocated"}},
    {"a use after growing in the slot is reported",
     use_after_resize,
     "",
     SIGSEGV,
     {"byte 0 of 8", "ended: it was reallocated"}},
    {"a use after longjmp is reported",
     use_after_longjmp,
     "",
     SIGSEGV,
     {"ended: longjmp left its function"}},
    {"a use after the thread's end is reported",
     use_after_thread,
     "",
     SIGSEGV,
     {"ended: its thread ended"}},
    {"a use in the C library shows its caller",
     use_in_library,
     "",
     SIGSEGV,
     {"#1 use_in_library ("}},
    {"a write past the end is reported",
     write_past_end,
     "",
     SIGSEGV,
     {"outside of a moved object: byte 64 of 64 was written\n"}},
    {"a write just past an odd end is reported at the end",
     write_past_odd_end,
     "",
     SIGABRT,
     {"bytes right behind a moved object were written\n"}},
    {"a free that was not found is reported",
     free_not_found,
     "",
     SIGABRT,
     {"a free that was not found got a moved object: byte 0 of 64 was freed\n",
      "free_not_found ("}},
    {"a realloc that was not found is reported",
     realloc_not_found,
     "",
     SIGABRT,
     {"a realloc that was not found got a moved object"}},
    {"a second free is reported",
     free_twice,
     "",
     SIGABRT,
     {"freed after its life", "ended: it was freed"}},
    {"a free of the round before is reported",
     free_previous,
     "",
     SIGABRT,
     {"freed after its life", "ended: its slot was taken for the next object"}},
    {"a removed free of other memory is reported",
     removed_free_of_heap,
     "",
     SIGABRT,
     {"a free that was removed got memory that is not in a slot"}},
    {"an object larger than its slot is reported",
     larger_than_slot,
     "",
     SIGABRT,
     {"an object is larger than its slot: 65 bytes in 64\n"}},
    {"what lives can be used", alive_is_alive, "", 0, {NULL}},
    {"a copy may come from the object before", copies_overlap, "", 0, {NULL}},
    {"errno is kept", errno_stays, "", 0, {NULL}},
    {"a sample guards every Nth", every_third, "sample=3", 0, {NULL}},
    {"a sample of sites leaves others in the frame", not_chosen, "sites=1000000", 0, {NULL}},
    {"one site is chosen by name",
     chosen_by_line,
     "site=f.c:7:stats=1",
     0,
     {"2 objects, 1 guarded"}},
    {"beyond the limit objects are in the frame, and counted",
     limit_of_living,
     "live=4",
     0,
     {"10 objects, 4 guarded, 6 of them not"}},
    {"the system's limit of mappings stops nothing, and is said",
     many_live,
     "quarantine=1024",
     0,
     {"70000 objects, "}},
    {"addresses are used again when they run out", small_quarantine, "quarantine=1", 0, {NULL}},
    {"alignments up to a page are kept", pages_of_alignment, "", 0, {NULL}},
    {"the program's handler gets its own faults", own_handler, "", 0, {NULL}},
    {"a fault of the program's kills as before", own_fault_kills, "", SIGSEGV, {NULL}},
    {"signal handlers may allocate", signals_interrupt, "", 0, {NULL}},
    {"threads work at once", threads_at_once, "", 0, {NULL}},
    {"a fork in the middle is survived", fork_in_the_middle, "", 0, {NULL}},
    {"coroutines are left alone", coroutines, "", 0, {NULL}},
    {"a longjmp ends no frame that lives", longjmp_spares_the_living, "", 0, {NULL}},
    {"a misspelt setting is named",
     alive_is_alive,
     "sampel=3:log=",
     0,
     {"not understood in ESCAPEMENT_VERIFY: sampel=3\n",
      "not understood in ESCAPEMENT_VERIFY: log=\n"}},
};
enum { NSCENARIOS = sizeof scenarios / sizeof *scenarios };

static const char *self_path;

static int execute(const Scenario *s, char *said, size_t room) {
    int pipes[2], status;
    CHECK(pipe(pipes) == 0);
    pid_t child = fork();
    if (child == 0) {
        dup2(pipes[1], 2);
        close(pipes[0]);
        setenv("ESCAPEMENT_VERIFY", s->settings, 1);
        execl(self_path, self_path, s->name, (char *)NULL);
        _exit(4);
    }
    close(pipes[1]);
    size_t n = 0;
    for (ssize_t got; n + 1 < room && (got = read(pipes[0], said + n, room - n - 1)) > 0;)
        n += (size_t)got;
    said[n] = '\0';
    close(pipes[0]);
    CHECK(waitpid(child, &status, 0) == child);
    return status;
}

static unsigned check(const Scenario *s) {
    static char said[64 * 1024];
    unsigned bad = 0;
    int status = execute(s, said, sizeof said);
    bool as_promised = s->signal ? WIFSIGNALED(status) && WTERMSIG(status) == s->signal
                                 : WIFEXITED(status) && WEXITSTATUS(status) == 0;
    if (!as_promised)
        bad += (unsigned)printf("%s: ended with status %#x\n", s->name, (unsigned)status) > 0;
    for (size_t i = 0; i < 5 && s->said[i]; i++)
        if (!strstr(said, s->said[i]))
            bad += (unsigned)printf("%s: did not say: %s\n", s->name, s->said[i]) > 0;
    if (!s->said[0] && said[0])
        bad += (unsigned)printf("%s: said something\n", s->name) > 0;
    const char *first = strstr(said, "escapement: verify: a");
    if (first && strstr(first + 1, "escapement: verify: a"))
        bad += (unsigned)printf("%s: more than one report\n", s->name) > 0;
    if (bad)
        printf("%s\n", said);
    return bad;
}

int main(int argc, char **argv) {
    unsigned bad = 0;
    self_path = "/proc/self/exe";
    for (size_t i = 0; i < NSCENARIOS; i++) {
        if (argc > 1 && strcmp(argv[1], scenarios[i].name) == 0)
            return scenarios[i].run(), 0;
        if (argc == 1)
            bad += check(&scenarios[i]);
    }
    printf("%d scenarios, %u failures\n", argc > 1 ? 0 : NSCENARIOS, bad);
    return argc > 1 || bad ? 1 : 0;
}
