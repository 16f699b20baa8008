/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception */
/* heap.h - the page heap: runs of pages in, runs of pages out. */
#ifndef ESCRT_HEAP_H
#define ESCRT_HEAP_H

#include "pagetree.h"
#include "span.h"

/* What fast_*.S reads. A page's record is at escrt_heap_last + 1 + 8 * i, where the negative index
 * i = (escrt_heap_last - address) >> 13, arithmetically; i is good when not below escrt_heap_limit.
 */
HIDDEN extern uintptr_t escrt_heap_last; /* the address before the first page */
HIDDEN extern uint64_t escrt_heap_limit; /* minus the number of pages, modulo 2^64 */

typedef struct HeapStats {
    uint64_t mapped_pages; /* usable addresses: in use + idle + released */
    uint64_t in_use_pages;
    uint64_t idle_pages;     /* free and still resident */
    uint64_t released_pages; /* free and given back, or never touched */
    /* Spans of one object, those in caches included. */
    uint64_t large_objects, large_bytes, large_allocs, large_bytes_allocated;
    uint64_t spans;
    uint64_t metadata_bytes;
    uint64_t scavenged_bytes; /* given back, in all */
    uint64_t peak_in_use_pages;
    uint64_t soft_limit, hard_limit;
} HeapStats;

bool escrt_heap_init(void);
HeapStats escrt_heap_stats(void);

/* A span of npages, aligned to align_pages (a power of two; a class's spans are aligned to their
 * size); size: of a large object,
 * whose class is 0. *zeroed: every byte is zero. NULL: no memory, or a limit. */
Span *escrt_heap_alloc(uint32_t npages, uint32_t align_pages, uint32_t class, size_t size,
                       bool *zeroed);
void escrt_heap_free(Span *span);
/* The large object may go through the caches from now on, if its length is one of theirs: its page
 * gets a record, which says that it is live. */
void escrt_heap_keep(Span *span);
/* Moves the pages of a large object into a longer one, whose first bytes they become; the first
 * keeps its addresses and is to be freed. False: nothing happened, and the bytes have to be copied.
 */
bool escrt_heap_move(Span *from, Span *to);
/* Before a span is freed. True: none of its pages is resident any more, and they read zero. */
bool escrt_heap_renew(Span *span);
/* Makes a large span longer, when the pages behind it are free, or shorter. False: it stays. */
bool escrt_heap_resize(Span *span, uint32_t npages, size_t size);

/* Bytes; 0: no limit. Below the soft one memory is returned before more is taken; above the hard
 * one nothing is handed out. */
void escrt_heap_set_limits(size_t soft, size_t hard);

/* Gives up to that many idle pages back, highest addresses first; returns how many. */
size_t escrt_heap_release(size_t pages);
/* Pages that are idle, without the lock: may be a moment old. */
size_t escrt_heap_idle_pages(void);
size_t escrt_heap_in_use_pages(void);
/* The least idle pages since the last call: what nobody needed in between. */
size_t escrt_heap_idle_low(void);
/* How large a piece of memory can be given back, in bytes: the system's page. */
size_t escrt_heap_os_page(void);

void escrt_heap_fork(bool prepare, bool child);
void escrt_heap_check(void);
/* Calls f for each span in use. For reports and checks: the heap is locked meanwhile. */
void escrt_heap_each(void (*f)(const Span *span, void *arg), void *arg);

HIDDEN extern Span **escrt_heap_spans; /* a pointer for each page; NULL where no span is */

static inline PageRecord *record_of(uint32_t page) {
    return (PageRecord *)(escrt_heap_last + 1) - 1 - page;
}

static inline void *span_start(const Span *span) {
    return (void *)(escrt_heap_last + 1 + ((uintptr_t)span->page << PAGE_SHIFT));
}

static inline size_t span_bytes(const Span *span) {
    return (size_t)span->npages << PAGE_SHIFT;
}

/* A large object: where it begins, and the bytes that are its own. */
static inline void *span_object(const Span *span) {
    return (char *)span_start(span) + span->offset;
}

static inline size_t span_object_bytes(const Span *span) {
    return span_bytes(span) - span->offset - (span->flags & SPAN_GUARDED ? PAGE_BYTES : 0);
}

/* Is it a large object that caches may hold, and so has a record? */
static inline bool span_is_kept(const Span *span) {
    return span->class == 0 && record_of(span->page)->mask != 0;
}

/* The span the address lies in; NULL: none of ours. O(1), for any interior pointer. */
static inline Span *span_of(const void *p) {
    int64_t i = (int64_t)(escrt_heap_last - (uintptr_t)p) >> PAGE_SHIFT;
    uint64_t limit = __atomic_load_n(&escrt_heap_limit, __ATOMIC_RELAXED);
    return (uint64_t)i < limit ? NULL : escrt_heap_spans[-1 - i];
}

static inline uint32_t object_at(const Span *span, const void *p) {
    return object_index(span->class, (uint32_t)((uintptr_t)p - (uintptr_t)span_start(span)));
}

static inline void *object_address(const Span *span, uint32_t index) {
    return (char *)span_start(span) + (size_t)index * escrt_classes[span->class].bytes;
}

static inline bool object_is_free(const Span *span, uint32_t index) {
    return span->free[index / 64] >> (index % 64) & 1;
}

#endif
