/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception */
/* pagetree.c - a bitmap of free pages under a radix tree of summaries, searched for first fit.
 *
 * The shape is that of Go's page allocator (runtime/mpagealloc.go): a summary says how many pages
 * are free at the start, in the longest run, and at the end of what it covers. Eight summaries make
 * one of the next level, so a search reads eight on each level, and a change rewrites one on each.
 * First fit by address, because what lives long then gathers at low addresses and the rest
 * becomes whole free stretches, which the scavenger can return.
 *
 * INVARIANT  Each summary is what its eight children, or the eight words of its chunk, give.
 * escrt_pagetree_check says so; tests/unit_pagetree.c compares with a search of the plain bitmap.
 *
 * LOCKS  None: the caller (heap.c) holds its own.
 */
#include "pagetree.h"

/* ---- summaries ----------------------------------------------------------------------------- */

static uint32_t trailing_ones(uint64_t word) {
    return ~word ? (uint32_t)__builtin_ctzll(~word) : 64;
}

static uint32_t leading_ones(uint64_t word) {
    return ~word ? (uint32_t)__builtin_clzll(~word) : 64;
}

/* The bits at which a run of n begins, 1 to 63. */
static uint64_t starts_of_runs(uint64_t word, uint32_t n) {
    for (uint32_t length = 1; length < n && word;) {
        uint32_t step = length < n - length ? length : n - length;
        word &= word >> step; /* runs of `length` become runs of `length + step` */
        length += step;
    }
    return word;
}

/* The longest run inside the word, which is not all ones, when it is longer than `known`. */
static uint32_t longest_run(uint64_t word, uint32_t known) {
    if (known >= 63)
        return known;
    for (uint64_t starts = starts_of_runs(word, known + 1); starts; starts &= starts >> 1)
        known++;
    return known;
}

static Summary of_chunk(const uint64_t *words) {
    Summary s = {0, 0, 0};
    uint32_t run = 0;
    bool all = true;
    for (uint32_t i = 0; i < CHUNK_WORDS; i++) {
        uint64_t w = words[i];
        if (~w == 0) {
            run += 64;
            continue;
        }
        run += trailing_ones(w);
        if (all)
            s.start = run;
        all = false;
        if (run > s.max)
            s.max = run;
        s.max = longest_run(w, s.max);
        run = leading_ones(w);
    }
    s.end = run;
    if (all)
        s.start = run;
    if (run > s.max)
        s.max = run;
    return s;
}

static Summary of_children(const Summary *child, uint32_t n, uint32_t covered) {
    Summary s = {0, 0, 0};
    uint32_t run = 0;
    bool all = true;
    for (uint32_t i = 0; i < n; i++) {
        if (child[i].start == covered) {
            run += covered;
            continue;
        }
        run += child[i].start;
        if (all)
            s.start = run;
        all = false;
        s.max = s.max > run ? s.max : run;
        s.max = s.max > child[i].max ? s.max : child[i].max;
        run = child[i].end;
    }
    s.end = run;
    if (all)
        s.start = run;
    s.max = s.max > run ? s.max : run;
    return s;
}

/* Pages one summary of the level covers. */
static uint32_t covers(uint32_t level) {
    return (uint32_t)CHUNK_PAGES << (3 * level);
}

static Summary computed(const PageTree *tree, uint32_t level, uint32_t i) {
    if (level == 0)
        return of_chunk(tree->free + (size_t)i * CHUNK_WORDS);
    uint32_t below = tree->counts[level - 1], first = i * TREE_FANOUT;
    uint32_t n = below - first < TREE_FANOUT ? below - first : TREE_FANOUT;
    return of_children(tree->levels[level - 1] + first, n, covers(level - 1));
}

/* Rewrites the summaries of the pages [page, page + n), up to the level where nothing changes. */
static void update(PageTree *tree, uint32_t page, uint32_t n) {
    uint32_t from = page / CHUNK_PAGES, to = (page + n - 1) / CHUNK_PAGES;
    for (uint32_t level = 0; level < tree->nlevels; level++) {
        bool changed = false;
        for (uint32_t i = from; i <= to; i++) {
            Summary new = computed(tree, level, i), *old = &tree->levels[level][i];
            changed |= new.start != old->start || new.max != old->max || new.end != old->end;
            *old = new;
        }
        if (!changed)
            return;
        from /= TREE_FANOUT;
        to /= TREE_FANOUT;
    }
}

/* ---- making -------------------------------------------------------------------------------- */

size_t escrt_pagetree_summary_bytes(uint32_t npages) {
    size_t total = 0;
    for (uint32_t count = npages / CHUNK_PAGES;; count = (count + TREE_FANOUT - 1) / TREE_FANOUT) {
        total += count * sizeof(Summary);
        if (count <= TREE_FANOUT)
            return total;
    }
}

void escrt_pagetree_init(PageTree *tree, uint32_t npages, uint64_t *free, void *summaries) {
    RT_ASSERT(1, npages % CHUNK_PAGES == 0);
    *tree = (PageTree){.free = free, .npages = npages, .first_free = npages};
    Summary *next = summaries;
    for (uint32_t count = npages / CHUNK_PAGES;; count = (count + TREE_FANOUT - 1) / TREE_FANOUT) {
        tree->levels[tree->nlevels] = next;
        tree->counts[tree->nlevels++] = count;
        next += count;
        if (count <= TREE_FANOUT)
            return;
    }
}

/* ---- changing ------------------------------------------------------------------------------ */

/* Flips [page, page + n), which must have been all `was`. */
static void flip(PageTree *tree, uint32_t page, uint32_t n, bool was) {
    RT_ASSERT(1, n > 0 && page + n <= tree->npages);
    for (uint32_t at = page, left = n; left > 0;) {
        uint32_t bits = 64 - at % 64 < left ? 64 - at % 64 : left;
        uint64_t mask = (bits == 64 ? ~0ull : (1ull << bits) - 1) << (at % 64);
        uint64_t *word = &tree->free[at / 64];
        RT_ASSERT(1, (*word & mask) == (was ? mask : 0));
        *word ^= mask;
        at += bits;
        left -= bits;
    }
    update(tree, page, n);
}

void escrt_pagetree_give(PageTree *tree, uint32_t page, uint32_t n) {
    flip(tree, page, n, false);
    if (page < tree->first_free)
        tree->first_free = page;
}

void escrt_pagetree_take(PageTree *tree, uint32_t page, uint32_t n) {
    flip(tree, page, n, true);
    if (page == tree->first_free)
        tree->first_free = page + n;
}

/* ---- searching ----------------------------------------------------------------------------- */

/* The lowest run of n inside the chunk, which has one. */
static uint32_t find_in_chunk(const uint64_t *words, uint32_t n) {
    uint32_t run = 0;
    for (uint32_t i = 0; i < CHUNK_WORDS; i++) {
        uint64_t w = words[i];
        if (run + trailing_ones(w) >= n)
            return i * 64 - run;
        if (~w == 0) {
            run += 64;
            continue;
        }
        if (n < 64) {
            uint64_t starts = starts_of_runs(w, n);
            if (starts)
                return i * 64 + (uint32_t)__builtin_ctzll(starts);
        }
        run = leading_ones(w);
    }
    return NO_PAGE;
}

/* Scans summaries [i, end) of a level for the lowest run of n. Either it crosses a border, and
 * *page is where it starts, or it lies inside the summary returned; `end`: there is none. */
static uint32_t scan(const PageTree *tree, uint32_t level, uint32_t i, uint32_t end, uint32_t n,
                     uint32_t *page) {
    uint32_t run = 0, covered = covers(level);
    for (; i < end; i++) {
        const Summary *s = &tree->levels[level][i];
        if (run + s->start >= n) {
            *page = i * covered - run;
            return i;
        }
        if (s->max >= n)
            return i;
        run = s->start == covered ? run + covered : s->end;
    }
    return end;
}

uint32_t escrt_pagetree_find(const PageTree *tree, uint32_t n) {
    uint32_t level = tree->nlevels - 1, page = NO_PAGE;
    uint32_t i = tree->first_free / covers(level), end = tree->counts[level];
    for (;; level--) {
        i = scan(tree, level, i, end, n, &page);
        if (page != NO_PAGE)
            return page;
        if (i == end)
            return NO_PAGE;
        if (level == 0)
            break;
        i *= TREE_FANOUT;
        end = i + TREE_FANOUT;
        if (end > tree->counts[level - 1])
            end = tree->counts[level - 1];
    }
    return i * CHUNK_PAGES + find_in_chunk(tree->free + (size_t)i * CHUNK_WORDS, n);
}

/* The lowest aligned run in the chunk; NO_PAGE: none. Aligned runs never cross a word. */
static uint32_t find_aligned_in_chunk(const uint64_t *words, uint32_t n) {
    /* A bit at each multiple of n: 1 + 2^n + 2^2n + ... */
    uint64_t places = n == 64 ? 1 : ~0ull / ((1ull << n) - 1);
    for (uint32_t i = 0; i < CHUNK_WORDS; i++) {
        uint64_t starts = words[i];
        for (uint32_t length = 1; length < n; length *= 2)
            starts &= starts >> length;
        starts &= places;
        if (starts)
            return i * 64 + (uint32_t)__builtin_ctzll(starts);
    }
    return NO_PAGE;
}

/* The first chunk from this one on with a run of n; the number of chunks: none. */
static uint32_t next_chunk(const PageTree *tree, uint32_t chunk, uint32_t n) {
    while (chunk < tree->counts[0] && tree->levels[0][chunk].max < n) {
        /* Skip what a higher summary rules out, as far up as it begins here. */
        uint32_t level = 0, i = chunk;
        while (level + 1 < tree->nlevels && i % TREE_FANOUT == 0 &&
               tree->levels[level + 1][i / TREE_FANOUT].max < n) {
            i /= TREE_FANOUT;
            level++;
        }
        chunk += 1u << (3 * level);
    }
    return chunk < tree->counts[0] ? chunk : tree->counts[0];
}

/* A chunk may have runs of n of which none is aligned; after some of those, a run of 2n - 1 is
 * looked for, which always holds an aligned one. */
enum { ALIGNED_TRIES = 8 };

uint32_t escrt_pagetree_find_aligned(const PageTree *tree, uint32_t n) {
    if (n == 1)
        return escrt_pagetree_find(tree, 1);
    uint32_t chunk = tree->first_free / CHUNK_PAGES;
    for (int tries = 0; tries < ALIGNED_TRIES; tries++, chunk++) {
        chunk = next_chunk(tree, chunk, n);
        if (chunk == tree->counts[0])
            break;
        uint32_t at = find_aligned_in_chunk(tree->free + (size_t)chunk * CHUNK_WORDS, n);
        if (at != NO_PAGE)
            return chunk * CHUNK_PAGES + at;
    }
    uint32_t page = escrt_pagetree_find(tree, 2 * n - 1);
    return page == NO_PAGE ? NO_PAGE : (page + n - 1) & ~(n - 1);
}

uint32_t escrt_pagetree_free_from(const PageTree *tree, uint32_t page, uint32_t limit) {
    uint32_t n = 0;
    while (n < limit && page + n < tree->npages) {
        uint32_t at = page + n, room = 64 - at % 64;
        uint32_t ones = trailing_ones(tree->free[at / 64] >> (at % 64));
        if (ones < room)
            return n + ones < limit ? n + ones : limit;
        n += room;
    }
    return n < limit ? n : limit;
}

void escrt_pagetree_check(const PageTree *tree, uint32_t npages) {
    RT_ASSERT(0, npages <= tree->npages);
    for (uint32_t level = 0; level < tree->nlevels; level++) {
        uint32_t covered = covers(level), used = (npages + covered - 1) / covered;
        /* And those behind that one of the next level is made from. */
        uint32_t end = (used + TREE_FANOUT - 1) / TREE_FANOUT * TREE_FANOUT;
        for (uint32_t i = 0; i < end && i < tree->counts[level]; i++) {
            Summary want = computed(tree, level, i), have = tree->levels[level][i];
            RT_ASSERT(0, want.start == have.start && want.max == have.max && want.end == have.end);
            RT_ASSERT(0, i < used || have.max == 0);
        }
    }
    for (uint32_t word = 0; word < tree->first_free / 64 && word < npages / 64; word++)
        RT_ASSERT(0, tree->free[word] == 0);
}
