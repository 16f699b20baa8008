/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception */
/* unit_pagetree.c - the radix tree of free pages against a plain array of them.
 *
 * Random pages are given and taken; after each change the tree must find what a search of the array
 * from the start finds. Trees of several depths, nearly empty, nearly full and in between.
 */
#include "check.h"
#include "outcome.h"
#include "pagetree.h"

#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>

enum { MAX_PAGES = 80 * CHUNK_PAGES };

static PageTree tree;
static bool is_free[MAX_PAGES];
static uint64_t state = 88172645463325252u;

static uint32_t random_below(uint32_t n) {
    state ^= state << 13;
    state ^= state >> 7;
    state ^= state << 17;
    return (uint32_t)(state >> 11) % n;
}

static void make(uint32_t npages) {
    static uint64_t bits[MAX_PAGES / 64];
    static Summary summaries[MAX_PAGES / CHUNK_PAGES * 2];
    CHECK(escrt_pagetree_summary_bytes(npages) <= sizeof summaries);
    memset(bits, 0, sizeof bits);
    memset(summaries, 0, sizeof summaries);
    memset(is_free, 0, sizeof is_free);
    escrt_pagetree_init(&tree, npages, bits, summaries);
}

static uint32_t free_run(uint32_t page) {
    uint32_t n = 0;
    while (page + n < tree.npages && is_free[page + n])
        n++;
    return n;
}

/* The lowest run of n, aligned to `align`. */
static uint32_t naive_find(uint32_t n, uint32_t align) {
    for (uint32_t page = 0; page < tree.npages; page += align)
        if (is_free[page] && free_run(page) >= n)
            return page;
    return NO_PAGE;
}

static bool finds_what_is_there(uint32_t n) {
    uint32_t want = naive_find(n, 1), have = escrt_pagetree_find(&tree, n);
    if (want != have)
        fprintf(stderr, "a run of %u: found %u, is at %u\n", n, have, want);
    return CHECK(want == have);
}

/* Not always the lowest, but aligned, free, and there whenever a run of 2n - 1 is. */
static bool finds_aligned(uint32_t n) {
    uint32_t have = escrt_pagetree_find_aligned(&tree, n);
    if (have == NO_PAGE)
        return CHECK(naive_find(2 * n - 1, 1) == NO_PAGE);
    return CHECK(have % n == 0 && free_run(have) >= n);
}

static void change(uint32_t page, uint32_t n, bool give) {
    if (give)
        escrt_pagetree_give(&tree, page, n);
    else
        escrt_pagetree_take(&tree, page, n);
    memset(is_free + page, give, n);
}

/* A run of pages of one kind from a random page on, as long as it is, at most n. */
static void change_random(uint32_t n, bool give) {
    uint32_t page = random_below(tree.npages), length = 0;
    while (length < n && page + length < tree.npages && is_free[page + length] != give)
        length++;
    if (length > 0)
        change(page, length, give);
}

static uint32_t random_length(void) {
    static const uint32_t limits[] = {2, 9, 70, 600, 3000};
    return 1 + random_below(limits[random_below(5)]);
}

static void run_at(uint32_t npages, uint32_t steps, uint32_t percent_given) {
    make(npages);
    for (uint32_t i = 0; i < steps; i++) {
        bool give = random_below(100) < percent_given;
        change_random(random_length(), give);
        if (!finds_what_is_there(random_length()) || !finds_aligned(1u << random_below(7)))
            return;
        uint32_t page = random_below(npages), limit = random_length();
        uint32_t run = free_run(page);
        CHECK(escrt_pagetree_free_from(&tree, page, limit) == (run < limit ? run : limit));
        if (i % 64 == 0)
            escrt_pagetree_check(&tree, npages);
    }
}

static void one_chunk_is_searched_right(void) {
    run_at(CHUNK_PAGES, 20000, 50);
}
static void a_few_chunks_are_searched_right(void) {
    run_at(7 * CHUNK_PAGES, 10000, 55);
}
static void a_deep_tree_is_searched_right(void) {
    run_at(MAX_PAGES, 3000, 60);
}
static void a_nearly_full_tree_is_searched_right(void) {
    run_at(20 * CHUNK_PAGES, 4000, 20);
}
static void a_nearly_empty_tree_is_searched_right(void) {
    run_at(20 * CHUNK_PAGES, 4000, 90);
}

static void an_empty_tree_finds_nothing(void) {
    make(CHUNK_PAGES);
    CHECK(escrt_pagetree_find(&tree, 1) == NO_PAGE);
    CHECK(escrt_pagetree_find_aligned(&tree, 8) == NO_PAGE);
}

static void everything_free_is_one_run(void) {
    make(MAX_PAGES);
    change(0, MAX_PAGES, true);
    CHECK(escrt_pagetree_find(&tree, MAX_PAGES) == 0);
    CHECK(escrt_pagetree_find(&tree, MAX_PAGES + 1) == NO_PAGE);
    change(CHUNK_PAGES, 1, false);
    CHECK(escrt_pagetree_find(&tree, CHUNK_PAGES) == 0);
    CHECK(escrt_pagetree_find(&tree, CHUNK_PAGES + 1) == CHUNK_PAGES + 1);
}

/* The bitmap of what is not in use cannot be read. Without the bound the whole heap's check, which
 * ESCAPEMENT_DEBUG=3 makes after every 64th free, read the 19 MiB that describe a terabyte. */
static void the_check_of_a_terabyte_reads_what_is_in_use(void) {
    enum { PAGES = 1 << 27, USED = 70 * CHUNK_PAGES, READABLE = 2 * 4096 };
    size_t bits = PAGES / 8, bytes = bits + escrt_pagetree_summary_bytes(PAGES);
    char *maps = mmap(NULL, bytes, PROT_READ | PROT_WRITE,
                      MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
    if (!CHECK(maps != MAP_FAILED))
        return;
    PageTree large;
    escrt_pagetree_init(&large, PAGES, (uint64_t *)(void *)maps, maps + bits);
    escrt_pagetree_give(&large, 3, USED - 3);
    CHECK(mprotect(maps + READABLE, bits - READABLE, PROT_NONE) == 0);
    escrt_pagetree_check(&large, USED);
    munmap(maps, bytes);
}

static void check_tree(void *npages) {
    escrt_pagetree_check(&tree, *(uint32_t *)npages);
}

static bool check_fails(uint32_t npages) {
    Outcome outcome = outcome_of_child(check_tree, &npages);
    return WIFSIGNALED(outcome.status) && WTERMSIG(outcome.status) == SIGABRT;
}

static void the_check_finds_what_is_wrong(void) {
    uint32_t used = 20 * CHUNK_PAGES;
    make(MAX_PAGES);
    change(100, 5, true);
    CHECK(!check_fails(used) && !check_fails(MAX_PAGES));
    for (uint32_t level = 0; level < tree.nlevels; level++) {
        tree.levels[level][0].max++;
        CHECK(check_fails(used));
        tree.levels[level][0].max--;
    }
    tree.first_free = 300;
    CHECK(check_fails(used));
    tree.first_free = 0;
    CHECK(!check_fails(used));
    /* Beside what is in use, and so far away that only the summaries above it tell. */
    change(used, 1, true);
    CHECK(check_fails(used) && !check_fails(used + 1));
    change(used, 1, false);
    change(MAX_PAGES - 1, 1, true);
    CHECK(check_fails(used) && !check_fails(MAX_PAGES));
}

int main(void) {
    RUN(an_empty_tree_finds_nothing);
    RUN(everything_free_is_one_run);
    RUN(one_chunk_is_searched_right);
    RUN(a_few_chunks_are_searched_right);
    RUN(a_deep_tree_is_searched_right);
    RUN(a_nearly_full_tree_is_searched_right);
    RUN(a_nearly_empty_tree_is_searched_right);
    RUN(the_check_of_a_terabyte_reads_what_is_in_use);
    RUN(the_check_finds_what_is_wrong);
    return check_report();
}
