/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception */
/* test_misuse.c - a program that misuses the allocator ends: one line that says what, and SIGABRT.
 *
 * Each misuse runs in a child whose stderr is read. The line names the address, so that a user can
 * find the block in a debugger. A misuse that goes unnoticed lets the child exit with 0, and the
 * test fails.
 */
#include "check.h"
#include "entries.h"
#include "outcome.h"

#include <malloc.h>
#include <pthread.h>
#include <signal.h>
#include <stdint.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/resource.h>

/* Compilers warn of what is done here on purpose; they cannot see through a volatile. */
static void *volatile victim;
static char in_static_memory[64];

static void run_misuse(void *misuse) {
    setrlimit(RLIMIT_CORE, &(struct rlimit){0, 0});
    alarm(20);
    (*(void (**)(void))misuse)();
}

static Outcome outcome_of(void (*misuse)(void)) {
    return outcome_of_child(run_misuse, &misuse);
}

static void expect_abort(void (*misuse)(void), const char *word) {
    Outcome outcome = outcome_of(misuse);
    const char *newline = strchr(outcome.text, '\n');
    /* An emulator says that its process ended, too. */
    bool one_line = newline && (newline[1] == '\0' || strncmp(newline + 1, "qemu: ", 6) == 0);
    if (!CHECK(WIFSIGNALED(outcome.status) && WTERMSIG(outcome.status) == SIGABRT))
        dprintf(2, "status %x, stderr: %s\n", (unsigned)outcome.status, outcome.text);
    else if (check_foreign())
        return;
    if (!CHECK(one_line && strncmp(outcome.text, "escapement: ", 12) == 0) ||
        !CHECK(strstr(outcome.text, "0x") && strstr(outcome.text, word)))
        dprintf(2, "wanted %s, stderr: %s\n", word, outcome.text);
}

static void free_twice(void) {
    victim = malloc(40);
    free(victim);
    free(victim);
}

static void free_twice_with_others_between(void) {
    void *others[20];
    victim = malloc(40);
    for (int i = 0; i < 20; i++)
        others[i] = malloc(40);
    free(victim);
    for (int i = 0; i < 20; i++)
        free(others[i]);
    free(victim);
}

static void free_large_twice(void) {
    victim = malloc(300000);
    free(victim);
    free(victim);
}

/* Of lengths that caches hold; each stays in the cache of its length, or has gone to the heap. */
static void free_large_twice_with_others_between(void) {
    void *others[40];
    victim = malloc(100000);
    for (size_t i = 0; i < 40; i++)
        others[i] = malloc(40000 + i * 5000);
    free(victim);
    for (int i = 0; i < 40; i++)
        free(others[i]);
    free(victim);
}

static void *free_victim(void *argument) {
    free(victim);
    return argument;
}

static void free_twice_by_two_threads(void) {
    pthread_t thread;
    victim = malloc(40);
    pthread_create(&thread, NULL, free_victim, NULL);
    pthread_join(thread, NULL);
    free(victim);
    /* In the caches of two CPUs it is found when both give their objects back. */
    malloc_trim(0);
}

static void free_large_twice_by_two_threads(void) {
    pthread_t thread;
    victim = malloc(100000);
    pthread_create(&thread, NULL, free_victim, NULL);
    pthread_join(thread, NULL);
    free(victim);
}

static void free_on_the_stack(void) {
    char local[64];
    victim = local + 16;
    free(victim);
}

static void free_static_memory(void) {
    victim = in_static_memory + 16;
    free(victim);
}

static void free_a_mapping(void) {
    victim = mmap(NULL, 1 << 20, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    free(victim);
}

static void free_a_small_number(void) {
    victim = (void *)(uintptr_t)0x40;
    free(victim);
}

static void free_a_non_canonical_address(void) {
    victim = (void *)(uintptr_t)0xdeadbeefdeadbee0u;
    free(victim);
}

static void free_inside_a_block(void) {
    victim = malloc(200);
    free((char *)victim + 16);
}

static void free_inside_a_large_block(void) {
    victim = malloc(1 << 20);
    free((char *)victim + 65536);
}

static void free_a_page_inside_a_large_block(void) {
    victim = malloc(100000);
    free((char *)victim + 8192);
}

static void free_off_by_16_in_a_large_block(void) {
    victim = malloc(100000);
    free((char *)victim + 16);
}

static void free_one_byte_off(void) {
    victim = malloc(48);
    free((char *)victim + 1);
}

static void realloc_what_was_freed(void) {
    victim = malloc(100000);
    free(victim);
    victim = realloc(victim, 200000);
}

static void realloc_inside_a_block(void) {
    victim = malloc(500);
    victim = realloc((char *)victim + 32, 600);
}

/* Nothing of the allocator's lies in freed blocks that a stray write could damage. */
static void write_to_freed_blocks(void) {
    enum { BLOCKS = 100, LATER = 10000 };
    static char *blocks[LATER];
    for (int i = 0; i < BLOCKS; i++)
        blocks[i] = malloc(64);
    for (int i = 0; i < BLOCKS; i++)
        free(blocks[i]);
    for (int i = 0; i < BLOCKS; i++) {
        victim = blocks[i];
        memset(victim, 0x5a, 64);
    }
    for (int i = 0; i < LATER; i++) {
        blocks[i] = malloc(64);
        memset(blocks[i], i % 251, 64);
    }
    for (int i = 0; i < LATER; i++) {
        for (int at = 0; at < 64; at++)
            if (blocks[i][at] != (char)(i % 251))
                _exit(1);
        free(blocks[i]);
    }
}

static void sized_free(size_t allocated, size_t said) {
    victim = malloc(allocated);
    if (free_sized)
        free_sized(victim, said);
}

static void free_sized_too_large(void) {
    sized_free(40, 4000);
}
static void free_sized_too_small(void) {
    sized_free(4000, 40);
}
static void free_sized_of_a_large_block(void) {
    sized_free(1 << 20, 1 << 19);
}

static void a_double_free_aborts(void) {
    expect_abort(free_twice, "double free");
    if (check_foreign())
        return;
    expect_abort(free_large_twice, "free");
    expect_abort(free_twice_with_others_between, "double free");
    expect_abort(free_twice_by_two_threads, "double free");
    expect_abort(free_large_twice_with_others_between, "free");
    expect_abort(free_large_twice_by_two_threads, "double free");
}

static void a_foreign_pointer_aborts(void) {
    if (check_foreign())
        return;
    expect_abort(free_on_the_stack, "free");
    expect_abort(free_static_memory, "free");
    expect_abort(free_a_mapping, "free");
    expect_abort(free_a_small_number, "free");
    expect_abort(free_a_non_canonical_address, "free");
}

static void an_interior_pointer_aborts(void) {
    expect_abort(free_one_byte_off, "free");
    if (check_foreign())
        return;
    expect_abort(free_inside_a_block, "free");
    expect_abort(free_inside_a_large_block, "free");
    expect_abort(free_a_page_inside_a_large_block, "free");
    expect_abort(free_off_by_16_in_a_large_block, "free");
}

static void realloc_of_no_live_block_aborts(void) {
    if (check_foreign())
        return;
    expect_abort(realloc_what_was_freed, "realloc");
    expect_abort(realloc_inside_a_block, "realloc");
}

static void a_write_to_freed_blocks_damages_nothing(void) {
    if (check_foreign())
        return;
    Outcome outcome = outcome_of(write_to_freed_blocks);
    CHECK(WIFEXITED(outcome.status) && WEXITSTATUS(outcome.status) == 0);
}

static void a_wrong_size_in_free_sized_aborts(void) {
    if (check_foreign())
        return;
    expect_abort(free_sized_too_large, "free_sized");
    expect_abort(free_sized_too_small, "free_sized");
    expect_abort(free_sized_of_a_large_block, "free_sized");
}

static void use_well(void) {
    for (size_t i = 0; i < 1000; i++)
        free(malloc(i));
}

static void a_program_without_misuse_says_nothing(void) {
    Outcome outcome = outcome_of(use_well);
    CHECK(WIFEXITED(outcome.status) && WEXITSTATUS(outcome.status) == 0 && outcome.text[0] == '\0');
}

int main(void) {
    RUN(a_program_without_misuse_says_nothing);
    RUN(a_double_free_aborts);
    RUN(a_foreign_pointer_aborts);
    RUN(an_interior_pointer_aborts);
    RUN(realloc_of_no_live_block_aborts);
    RUN(a_write_to_freed_blocks_damages_nothing);
    RUN(a_wrong_size_in_free_sized_aborts);
    return check_report();
}
