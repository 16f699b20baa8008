/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception */
/* heapstate.h - the page heap's own data, for the files it consists of: heap.c, heaprange.c,
 * heapcheck.c. */
#ifndef ESCRT_HEAPSTATE_H
#define ESCRT_HEAPSTATE_H

#include "heap.h"
#include "lock.h"

enum {
    CHUNK_BYTES = CHUNK_PAGES << PAGE_SHIFT,
    RECYCLED_LENGTHS = 16, /* pages of the longest spans that are recycled: 128 KiB */
};

typedef struct Heap {
    Lock lock;
    PageTree tree;
    uint64_t *released;                 /* a bit for each page */
    uint32_t reserved;                  /* pages of the range */
    uint32_t mapped;                    /* pages usable, all below this one but holes */
    uint32_t holes;                     /* pages among them that somebody else has mapped */
    uintptr_t spans_end, records_start; /* how far the tables are mapped */
    uint32_t unit; /* pages that can only be released together: 1, or 8 with 64 KiB pages */
    size_t os_page;
    size_t soft_limit, hard_limit; /* bytes; 0: none */
    _Atomic size_t idle_low;
    _Atomic size_t idle, in_use;
    Span *recycled[RECYCLED_LENGTHS + 1]; /* freed spans by length, the last one first */
    size_t recycled_pages;
    Span *unused; /* span structs */
    char *meta, *meta_end;
    HeapStats stats;
} Heap;

HIDDEN extern Heap escrt_heap;
#define heap escrt_heap

/* Makes at least n more pages usable, all in one run. With the lock. */
bool escrt_heap_grow(uint32_t n);

/* A span in use and its pages, with the lock. */
void escrt_heap_check_span(const Span *span);

static inline uintptr_t page_address(uint32_t page) {
    return escrt_heap_last + 1 + ((uintptr_t)page << PAGE_SHIFT);
}

static inline bool is_released(uint32_t page) {
    return heap.released[page / 64] >> (page % 64) & 1;
}

#endif
