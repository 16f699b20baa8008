/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception */
/* test_scavenge.c - freed memory goes back to the system while those who freed it sleep: at its
 * pace, at once when asked, and not at all when told so.
 *
 * The variables are read once, so each case is this program once more: `test_scavenge CASE`. What a
 * case measures is its own resident memory.
 */
#include "check.h"

#include <malloc.h>
#include <pthread.h>
#include <string.h>
#include <sys/wait.h>

enum { BLOCKS = 40000, BLOCK = 2000, MIB = 1 << 20, FULL = 70, SECONDS = 20 };

#pragma weak escrt_idle_hint
extern void escrt_idle_hint(void);

static long resident_mib(void) {
    long pages = 0, resident = 0;
    FILE *statm = fopen("/proc/self/statm", "r");
    if (!statm || fscanf(statm, "%ld %ld", &pages, &resident) != 2)
        _exit(90);
    fclose(statm);
    return resident * sysconf(_SC_PAGESIZE) / MIB;
}

static pthread_barrier_t freed, done;
static long full_mib;

/* 80 MB of small objects; then the thread sleeps until the case is over. */
static void *allocate_free_and_sleep(void *argument) {
    static char *blocks[BLOCKS];
    for (size_t i = 0; i < BLOCKS; i++)
        memset(blocks[i] = malloc(BLOCK), 1, BLOCK);
    full_mib = resident_mib();
    for (size_t i = 0; i < BLOCKS; i++)
        free(blocks[i]);
    pthread_barrier_wait(&freed);
    pthread_barrier_wait(&done);
    return argument;
}

static bool falls_below(long mib) {
    for (int i = 0; i < SECONDS * 10 && resident_mib() >= mib; i++)
        usleep(100000);
    return resident_mib() < mib;
}

static int in_the_background(void) {
    return falls_below(FULL / 2) ? 0 : 2;
}

static int slowly(void) {
    sleep(4);
    return resident_mib() >= FULL - 20 ? 0 : 3;
}

static int never_but_when_asked(void) {
    sleep(3);
    if (resident_mib() < FULL)
        return 4;
    malloc_trim(0);
    return resident_mib() < FULL / 4 ? 0 : 5;
}

/* Less than what starts the scavenger by itself. */
static int on_a_hint(void) {
    char *block = malloc(6 * MIB);
    memset(block, 1, 6 * MIB);
    long before = resident_mib();
    free(block);
    escrt_idle_hint();
    return falls_below(before - 3) ? 0 : 6;
}

static int with_a_sleeping_thread(int (*look)(void)) {
    pthread_t thread;
    pthread_barrier_init(&freed, NULL, 2);
    pthread_barrier_init(&done, NULL, 2);
    if (pthread_create(&thread, NULL, allocate_free_and_sleep, NULL) != 0)
        return 91;
    pthread_barrier_wait(&freed);
    int status = full_mib < FULL ? 92 : look();
    pthread_barrier_wait(&done);
    pthread_join(thread, NULL);
    return status;
}

static int run_case(const char *name) {
    if (strcmp(name, "background") == 0)
        return with_a_sleeping_thread(in_the_background);
    if (strcmp(name, "slow") == 0)
        return with_a_sleeping_thread(slowly);
    if (strcmp(name, "never") == 0)
        return with_a_sleeping_thread(never_but_when_asked);
    return strcmp(name, "hint") == 0 ? on_a_hint() : 93;
}

static int status_of(const char *name, const char *variable, const char *value) {
    pid_t child = fork();
    if (child == 0) {
        if (variable)
            setenv(variable, value, 1);
        execl("/proc/self/exe", "test_scavenge", name, (char *)NULL);
        _exit(94);
    }
    int status;
    waitpid(child, &status, 0);
    if (status != 0)
        dprintf(2, "%s: status %x\n", name, (unsigned)status);
    return status;
}

static void freed_memory_goes_back_while_its_owner_sleeps(void) {
    CHECK(status_of("background", NULL, NULL) == 0);
}
static void not_faster_than_the_rate(void) {
    CHECK(status_of("slow", "ESCAPEMENT_SCAVENGE_RATE", "1m") == 0);
}
static void not_at_all_at_0_percent_but_when_asked(void) {
    CHECK(status_of("never", "ESCAPEMENT_SCAVENGE_PERCENT", "0") == 0);
}
static void a_hint_sends_back_what_is_too_little_to_be_noticed(void) {
    CHECK(status_of("hint", NULL, NULL) == 0);
}

int main(int argc, char **argv) {
    if (argc == 2)
        return run_case(argv[1]);
    if (check_foreign())
        return CHECK_SKIPPED;
    RUN(freed_memory_goes_back_while_its_owner_sleeps);
    RUN(not_faster_than_the_rate);
    RUN(not_at_all_at_0_percent_but_when_asked);
    RUN(a_hint_sends_back_what_is_too_little_to_be_noticed);
    return check_report();
}
