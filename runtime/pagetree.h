/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception */
/* pagetree.h - which pages are free, and where the lowest run of n of them is. */
#ifndef ESCRT_PAGETREE_H
#define ESCRT_PAGETREE_H

#include "rt.h"

enum {
    CHUNK_PAGES = 512, /* what one leaf summary covers: 4 MiB, eight words of the bitmap */
    CHUNK_WORDS = CHUNK_PAGES / 64,
    TREE_FANOUT = 8,
    TREE_LEVELS = 10, /* 512 * 8^9 pages are more than an address has bits for */
    NO_PAGE = UINT32_MAX,
};

/* The free pages at the start, the longest run, and at the end of what the summary covers. All
 * three equal what is covered when all of it is free; all are 0 when nothing is. */
typedef struct Summary {
    uint32_t start, max, end;
} Summary;

/* Zeroed memory is a tree without a free page. */
typedef struct PageTree {
    uint64_t *free; /* a bit for each page */
    Summary *levels[TREE_LEVELS];
    uint32_t counts[TREE_LEVELS]; /* summaries in each level; level 0 has one for each chunk */
    uint32_t nlevels;
    uint32_t npages;
    uint32_t first_free; /* no page below is free; may be too low, never too high */
} PageTree;

/* What escrt_pagetree_init needs, zeroed, for that many pages (a multiple of CHUNK_PAGES). */
size_t escrt_pagetree_summary_bytes(uint32_t npages);
void escrt_pagetree_init(PageTree *tree, uint32_t npages, uint64_t *free, void *summaries);

/* The pages change to free, or to used; they must have been the other before. */
void escrt_pagetree_give(PageTree *tree, uint32_t page, uint32_t n);
void escrt_pagetree_take(PageTree *tree, uint32_t page, uint32_t n);

/* The lowest run of n free pages; NO_PAGE: there is none. */
uint32_t escrt_pagetree_find(const PageTree *tree, uint32_t n);
/* A run of n free pages, n a power of two up to 64, aligned to n: the lowest, or nearly. */
uint32_t escrt_pagetree_find_aligned(const PageTree *tree, uint32_t n);
/* How many pages from this one on are free, at most `limit`. */
uint32_t escrt_pagetree_free_from(const PageTree *tree, uint32_t page, uint32_t limit);

/* Recomputes every summary of the first npages and compares. None behind them may be free: of a
 * tree of a terabyte, only what is in use is read. */
void escrt_pagetree_check(const PageTree *tree, uint32_t npages);

static inline bool pagetree_is_free(const PageTree *tree, uint32_t page) {
    return tree->free[page / 64] >> (page % 64) & 1;
}

#endif
